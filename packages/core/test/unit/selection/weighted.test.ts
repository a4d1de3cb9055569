import { describe, expect, it } from 'vitest'
import { weighted } from '../../../src/selection/strategies/weighted.ts'
import { seededRandom } from '../../../src/testing/seeded-random.ts'
import { between, context, countOf, endpoint, picks, weightedEndpoints } from './fake-endpoint.ts'

describe('weighted', () => {
  it('splits any window of the sum of the weights exactly, across preparations', () => {
    for (let seed = 0; seed < 100; seed += 1) {
      const random = seededRandom(seed)
      const candidates = weightedEndpoints(Array.from({ length: between(random, 1, 8) }, () => between(random, 1, 10)))
      const total = candidates.reduce((sum, { weight }) => sum + weight, 0)
      const strategy = weighted()
      const picked: (string | undefined)[] = []
      while (picked.length < 4 * total) {
        picked.push(...picks(strategy.prepare(candidates, context({ random })), between(random, 1, total)))
      }
      const start = between(random, 0, picked.length - total)
      const counts = countOf(picked.slice(start, start + total))
      for (const { id, weight } of candidates) expect(counts.get(id)).toBe(weight)
    }
  })

  it('gives nothing to endpoints of weight 0, unless all are', () => {
    const some = picks(weighted().prepare(weightedEndpoints([2, 0, 1]), context()), 30)
    expect(countOf(some)).toEqual(
      new Map([
        ['endpoint-0', 20],
        ['endpoint-2', 10],
      ]),
    )
    const none = picks(weighted().prepare(weightedEndpoints([0, 0]), context()), 30)
    expect(countOf(none).get('endpoint-1')).toBe(15)
  })

  it('gives the endpoint objects of the latest preparation', () => {
    const strategy = weighted()
    strategy.prepare([endpoint('a')], context())
    const renewed = endpoint('a', { roundTripMs: 4 })
    expect(strategy.prepare([renewed], context())()).toBe(renewed)
  })

  it('follows a change of weights', () => {
    const strategy = weighted()
    picks(strategy.prepare(weightedEndpoints([1, 1]), context()), 5)
    const counts = countOf(picks(strategy.prepare(weightedEndpoints([3, 1]), context()), 40))
    expect(counts.get('endpoint-0')).toBe(30)
  })

  it('splits as configured after a start-up, when all have come up together', () => {
    const candidates = [endpoint('a', { weight: 2, upSince: 100 }), endpoint('b', { upSince: 900 })]
    const counts = countOf(picks(weighted().prepare(candidates, context({ now: 1500 })), 30))
    expect(counts.get('a')).toBe(20)
  })

  it.each([
    { upForMs: 0, share: 0.1 },
    { upForMs: 10_000, share: 0.55 },
    { upForMs: 20_000, share: 1 },
    { upForMs: -3000, share: 0.1 },
  ])('gives an endpoint that is up for $upForMs ms $share of its weight', ({ upForMs, share }) => {
    const candidates = [endpoint('old', { weight: 2 }), endpoint('new', { weight: 2, upSince: 1_000_000 - upForMs })]
    const counts = countOf(picks(weighted().prepare(candidates, context()), 10_000))
    expect((counts.get('new') ?? 0) / (counts.get('old') ?? 0)).toBeCloseTo(share, 2)
  })

  it('spreads 1000 endpoints of different weights exactly', () => {
    const candidates = weightedEndpoints(Array.from({ length: 1000 }, (_, index) => 1 + (index % 7)))
    const total = candidates.reduce((sum, { weight }) => sum + weight, 0)
    const counts = countOf(picks(weighted().prepare(candidates, context()), total))
    expect(candidates.filter(({ id, weight }) => counts.get(id) !== weight)).toEqual([])
  })
})
