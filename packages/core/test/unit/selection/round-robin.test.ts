import { describe, expect, it } from 'vitest'
import type { Endpoint } from '../../../src/endpoint/endpoint.ts'
import { roundRobin } from '../../../src/selection/strategies/round-robin.ts'
import { seededRandom } from '../../../src/testing/seeded-random.ts'
import { between, context, countOf, endpoint, isWithinThreeSigma, picks } from './fake-endpoint.ts'

const abc = ['a', 'b', 'c'].map((id) => endpoint(id))

describe('roundRobin', () => {
  it('takes the candidates in turn, in configuration order, whatever their weights', () => {
    const candidates = [endpoint('c', { weight: 9 }), endpoint('a', { weight: 2 }), endpoint('b')]
    expect(picks(roundRobin().prepare(candidates, context()), 7)).toEqual(['a', 'b', 'c', 'a', 'b', 'c', 'a'])
  })

  it('goes on where it was when it is prepared again', () => {
    const strategy = roundRobin()
    const picked = [1, 2, 3, 1].flatMap((count) => picks(strategy.prepare(abc, context()), count))
    expect(picked).toEqual(['a', 'b', 'c', 'a', 'b', 'c', 'a'])
  })

  it('gives the endpoint objects of the latest preparation', () => {
    const strategy = roundRobin()
    strategy.prepare(abc, context())()
    const renewed = abc.map((candidate) => ({ ...candidate, roundTripMs: 3 }))
    expect(strategy.prepare(renewed, context())()).toBe(renewed[1])
  })

  it('neither skips nor repeats a member when the one chosen last goes away and comes back', () => {
    const strategy = roundRobin()
    expect(picks(strategy.prepare(abc, context()), 2)).toEqual(['a', 'b'])
    const without = abc.filter(({ id }) => id !== 'b')
    expect(picks(strategy.prepare(without, context()), 2)).toEqual(['c', 'a'])
    expect(picks(strategy.prepare(abc, context()), 3)).toEqual(['b', 'c', 'a'])
  })

  it('starts over when the last member of the round was chosen and goes away', () => {
    const strategy = roundRobin()
    picks(strategy.prepare(abc, context()), 3)
    expect(picks(strategy.prepare(abc.slice(0, 2), context()), 2)).toEqual(['a', 'b'])
  })

  it('sends reads and writes round separately', () => {
    const strategy = roundRobin()
    expect(picks(strategy.prepare(abc, context({ operation: 'read' })), 2)).toEqual(['a', 'b'])
    expect(picks(strategy.prepare(abc, context({ operation: 'write' })), 1)).toEqual(['a'])
    expect(picks(strategy.prepare(abc, context({ operation: 'read' })), 1)).toEqual(['c'])
  })

  it('keeps the numbers of choices within one of each other over a static set', () => {
    const random = seededRandom('static')
    for (let run = 0; run < 200; run += 1) {
      const candidates = Array.from({ length: between(random, 1, 20) }, (_, index) => endpoint(`e${index}`))
      const strategy = roundRobin()
      const picked = Array.from({ length: 10 }, () =>
        picks(strategy.prepare(candidates, context()), between(random, 0, 30)),
      ).flat()
      const counts = candidates.map(({ id }) => countOf(picked).get(id) ?? 0)
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
    }
  })

  it('takes each member that stays exactly once per round while others come and go', () => {
    for (let seed = 0; seed < 100; seed += 1) {
      const random = seededRandom(`churn ${seed}`)
      const strategy = roundRobin()
      const staying = [0, 7, 13, 22].map((order) => endpoint(`stays-${order}`, { order }))
      let passing: Endpoint[] = []
      let nextOrder = 100
      const picked: (string | undefined)[] = []
      for (let change = 0; change < 300; change += 1) {
        passing = passing.filter(() => random() < 0.6)
        // New ones take the next place, those that recover their old one in between.
        if (random() < 0.5) passing.push(endpoint(`new-${change}`, { order: nextOrder++ }))
        if (random() < 0.5) passing.push(endpoint(`back-${change}`, { order: between(random, 1, 30) + 0.5 }))
        picked.push(...picks(strategy.prepare([...staying, ...passing], context()), between(random, 0, 3)))
      }
      const stayed = picked.filter((id) => id?.startsWith('stays') === true)
      const expected = stayed.map((_, index) => staying[index % staying.length]?.id)
      expect(stayed).toEqual(expected)
    }
  })

  it('gives an endpoint that warms up a part of its turns', () => {
    const candidates = [endpoint('a'), endpoint('b'), endpoint('c', { upSince: 990_000 })]
    const strategy = roundRobin()
    const random = seededRandom('warm')
    // 10 of 20 s: 0.1 + 0.9 / 2 of a full share.
    const picked = picks(strategy.prepare(candidates, context({ random })), 5100)
    expect(isWithinThreeSigma(countOf(picked).get('c') ?? 0, 5100, 0.55 / 2.55)).toBe(true)
    const later = picks(strategy.prepare(candidates, context({ random, now: 1_011_000 })), 300)
    expect(countOf(later).get('c')).toBe(100)
  })

  it('chooses nobody from nobody', () => {
    expect(roundRobin().prepare([], context())()).toBeUndefined()
  })
})
