import { describe, expect, it } from 'vitest'
import type { Endpoint } from '../../../src/endpoint/endpoint.ts'
import { ConfigurationError } from '../../../src/errors.ts'
import { asPrepared } from '../../../src/selection/prepared-strategy.ts'
import { preferredOf, rankCandidates } from '../../../src/selection/ranking.ts'
import type { SelectionFunction } from '../../../src/selection/selection-strategy.ts'
import { slowStartShares } from '../../../src/selection/slow-start.ts'
import { firstAvailable } from '../../../src/selection/strategies/first-available.ts'
import { leastInFlight } from '../../../src/selection/strategies/least-in-flight.ts'
import { nearest } from '../../../src/selection/strategies/nearest.ts'
import { preferZone } from '../../../src/selection/strategies/prefer-zone.ts'
import { random } from '../../../src/selection/strategies/random-choice.ts'
import { roundRobin } from '../../../src/selection/strategies/round-robin.ts'
import { spread } from '../../../src/selection/strategies/spread.ts'
import { weighted } from '../../../src/selection/strategies/weighted.ts'
import { weightedByLatency } from '../../../src/selection/strategies/weighted-by-latency.ts'
import { seededRandom } from '../../../src/testing/seeded-random.ts'
import { context, countOf, endpoint, isWithinThreeSigma, picks } from './fake-endpoint.ts'

const byOrder: SelectionFunction = (candidates) => candidates.toSorted((a, b) => b.order - a.order)[0]

describe('every built-in strategy', () => {
  it.each([
    { strategy: firstAvailable(), name: 'firstAvailable', mode: 'sticky' },
    { strategy: nearest(), name: 'nearest', mode: 'sticky' },
    { strategy: preferZone(), name: 'preferZone', mode: 'sticky' },
    { strategy: preferZone('here', roundRobin()), name: 'preferZone, roundRobin', mode: 'spread' },
    { strategy: roundRobin(), name: 'roundRobin', mode: 'spread' },
    { strategy: random(), name: 'random', mode: 'spread' },
    { strategy: weighted(), name: 'weighted', mode: 'spread' },
    { strategy: weightedByLatency(), name: 'weightedByLatency', mode: 'spread' },
    { strategy: leastInFlight(), name: 'leastInFlight', mode: 'spread' },
    { strategy: spread(byOrder), name: 'byOrder', mode: 'spread' },
    { strategy: asPrepared(byOrder), name: 'byOrder', mode: 'sticky' },
    { strategy: asPrepared(weighted()), name: 'weighted', mode: 'spread' },
  ])('$name is $mode, chooses the only candidate, and nobody from nobody', ({ strategy, name, mode }) => {
    expect(strategy).toMatchObject({ name, mode })
    const only = endpoint('only')
    expect(strategy.prepare([only], context())()).toBe(only)
    expect(strategy.prepare([], context())()).toBeUndefined()
  })
})

describe('rankCandidates', () => {
  it('orders by weight, then by configuration order', () => {
    const endpoints = [endpoint('a'), endpoint('d', { weight: 2 }), endpoint('c', { weight: 2 }), endpoint('b')]
    expect(rankCandidates(endpoints).map(({ id }) => id)).toEqual(['c', 'd', 'a', 'b'])
    expect(preferredOf(endpoints)?.id).toBe('c')
    expect(preferredOf([])).toBeUndefined()
  })
})

describe('slowStartShares', () => {
  const upSince = (...times: (number | undefined)[]): Endpoint[] =>
    times.map((time, index) => endpoint(`e${index}`, { upSince: time }))

  it.each([
    { why: 'is nothing while all are warm', times: [0, 500_000], shares: undefined },
    { why: 'is nothing for those that came up together', times: [999_000, 1_000_000], shares: undefined },
    { why: 'is nothing where it is unknown since when they are up', times: [undefined, undefined], shares: undefined },
    { why: 'ramps those that came up later', times: [0, 990_000, 1_000_000], shares: [1, 0.55, 0.1] },
    { why: 'is relative to the warmest', times: [990_000, 1_000_000], shares: [1, 0.1 / 0.55] },
    { why: 'does not ramp one without a time', times: [0, undefined, 1_000_000], shares: [1, 1, 0.1] },
  ])('$why', ({ times, shares }) => {
    expect(slowStartShares(upSince(...times), 1_000_000)).toEqual(shares)
  })
})

describe('firstAvailable', () => {
  it('takes the candidate that is first in order of preference, whichever is active', () => {
    const [a, b] = [endpoint('a'), endpoint('b')]
    expect(firstAvailable().prepare([a, b], context({ active: b }))()).toBe(a)
  })
})

describe('random', () => {
  it('takes each candidate with the same probability, whatever its weight', () => {
    const candidates = ['a', 'b', 'c'].map((id, index) => endpoint(id, { weight: index }))
    const counts = countOf(picks(random().prepare(candidates, context()), 30_000))
    for (const { id } of candidates) expect(isWithinThreeSigma(counts.get(id) ?? 0, 30_000, 1 / 3)).toBe(true)
  })

  it('takes an endpoint that warms up less often', () => {
    const candidates = [endpoint('a'), endpoint('b', { upSince: 1_000_000 })]
    const counts = countOf(picks(random().prepare(candidates, context()), 30_000))
    expect(isWithinThreeSigma(counts.get('b') ?? 0, 30_000, 0.1 / 1.1)).toBe(true)
  })
})

describe('nearest', () => {
  const choose = (roundTrips: (number | undefined)[], activeIndex?: number, options = {}): string | undefined => {
    const candidates = roundTrips.map((roundTripMs, index) => endpoint(`e${index}`, { roundTripMs }))
    const active = activeIndex === undefined ? undefined : candidates[activeIndex]
    return nearest(options).prepare(candidates, context({ active }))()?.id
  }

  it.each([
    { why: 'takes the nearest at first', roundTrips: [80, 20, 60], active: undefined, chosen: 'e1' },
    { why: 'prefers by rank among about equal ones at first', roundTrips: [3, 1, 2], active: undefined, chosen: 'e0' },
    { why: 'stays when the gain in milliseconds is small', roundTrips: [6, 1], active: 0, chosen: 'e0' },
    { why: 'stays when the gain in proportion is small', roundTrips: [100, 81], active: 0, chosen: 'e0' },
    { why: 'moves when both gains are large', roundTrips: [100, 79], active: 0, chosen: 'e1' },
    { why: 'moves to the nearest of several that are better', roundTrips: [100, 40, 30], active: 0, chosen: 'e2' },
    { why: 'does not return to the preferred one without a gain', roundTrips: [20, 20], active: 1, chosen: 'e1' },
    { why: 'stays while the active one is not measured', roundTrips: [1, undefined], active: 1, chosen: 'e1' },
    { why: 'moves to none that is not measured', roundTrips: [undefined, 300], active: 1, chosen: 'e1' },
    { why: 'takes a measured one at first', roundTrips: [undefined, 300], active: undefined, chosen: 'e1' },
    {
      why: 'takes the preferred one where none is measured',
      roundTrips: [undefined, undefined],
      active: undefined,
      chosen: 'e0',
    },
  ])('$why', ({ roundTrips, active, chosen }) => {
    expect(choose(roundTrips, active)).toBe(chosen)
  })

  it('does not move to and fro while the round trips are noisy', () => {
    const noise = seededRandom('noise')
    const strategy = nearest()
    let active: Endpoint | undefined
    let moves = 0
    for (let step = 0; step < 1000; step += 1) {
      const candidates = ['a', 'b', 'c'].map((id) => endpoint(id, { roundTripMs: 20 + 4 * noise() }))
      const chosen = strategy.prepare(candidates, context({ active }))()
      if (active !== undefined && chosen?.id !== active.id) moves += 1
      active = chosen
    }
    expect(moves).toBe(0)
  })

  it('follows its options', () => {
    expect(choose([6, 5], 0, { minGain: 0, minGainRatio: 0 })).toBe('e1')
    expect(choose([100, 40], 0, { minGain: 80 })).toBe('e0')
  })

  it.each([{ minGain: -1 }, { minGain: Number.NaN }, { minGainRatio: 1.5 }, { margin: 3 }])('refuses %o', (options) => {
    expect(() => nearest(options as never)).toThrow(ConfigurationError)
  })
})

describe('leastInFlight', () => {
  it('takes the less busy one of those that are about as near as the nearest', () => {
    const candidates = [
      endpoint('near-busy', { roundTripMs: 1, inFlight: 50 }),
      endpoint('near-idle', { roundTripMs: 10, inFlight: 2 }),
      endpoint('far-idle', { roundTripMs: 60, inFlight: 0 }),
    ]
    const picked = picks(leastInFlight().prepare(candidates, context()), 200)
    expect(countOf(picked)).toEqual(new Map([['near-idle', 200]]))
    const everywhere = picks(leastInFlight({ threshold: 100 }).prepare(candidates, context()), 200)
    expect(everywhere).toContain('far-idle')
  })

  it('draws an endpoint that warms up less often', () => {
    const candidates = [endpoint('a'), endpoint('b'), endpoint('c', { upSince: 1_000_000 })]
    const counts = countOf(picks(leastInFlight().prepare(candidates, context()), 30_000))
    expect(isWithinThreeSigma(counts.get('c') ?? 0, 30_000, 0.1 / 2.1)).toBe(true)
  })

  it.each([{ threshold: -1 }, { threshold: Number.POSITIVE_INFINITY }, { window: 1 }])('refuses %o', (options) => {
    expect(() => leastInFlight(options as never)).toThrow(ConfigurationError)
  })
})

describe('preferZone', () => {
  const far = endpoint('far', { zone: 'there', weight: 3 })
  const near = endpoint('near', { zone: 'here' })
  const spare = endpoint('spare', { zone: 'here' })
  const unzoned = endpoint('unzoned')

  it.each([
    { why: 'prefers its own zone to weight', candidates: [far, near, spare], zone: 'here', chosen: near },
    { why: 'goes by rank without one in its zone', candidates: [far, near], zone: 'nowhere', chosen: far },
    { why: 'goes by rank without a zone', candidates: [far, near, unzoned], zone: undefined, chosen: far },
  ])('$why', ({ candidates, zone, chosen }) => {
    expect(preferZone(zone).prepare(candidates, context())()).toBe(chosen)
    expect(preferZone().prepare(candidates, context({ zone }))()).toBe(chosen)
  })

  it('takes its argument before the zone of the context', () => {
    expect(preferZone('there').prepare([near, far], context({ zone: 'here' }))()).toBe(far)
  })

  it('lets another strategy choose within the zone', () => {
    const picked = picks(preferZone('here', roundRobin()).prepare([far, near, spare], context()), 4)
    expect(picked).toEqual(['near', 'spare', 'near', 'spare'])
  })

  it('asks about the others when none of its zone fits', () => {
    const onlyFar: SelectionFunction = (candidates) => candidates.find(({ id }) => id === 'far')
    expect(preferZone('here', onlyFar).prepare([near, far], context())()).toBe(far)
  })

  it('tells the other strategy only about endpoints of the part that it chooses from', () => {
    const seen: unknown[] = []
    const watching: SelectionFunction = (candidates, { active, preferred }) => {
      seen.push(active?.id, preferred?.id)
      return candidates[0]
    }
    preferZone('here', watching).prepare([far, near, spare], context({ active: far, preferred: far }))
    preferZone('here', watching).prepare([far, near, spare], context({ active: spare, preferred: far }))
    expect(seen).toEqual([undefined, 'near', 'spare', 'near'])
  })

  it('refuses a zone that is no text', () => {
    expect(() => preferZone('')).toThrow(ConfigurationError)
  })
})

describe('spread', () => {
  it('asks the function for each command', () => {
    let calls = 0
    const alternate = spread((candidates) => candidates[calls++ % candidates.length])
    expect(alternate.name).toBe('custom')
    expect(picks(alternate.prepare([endpoint('a'), endpoint('b')], context()), 3)).toEqual(['a', 'b', 'a'])
  })

  it('refuses what is not a function', () => {
    expect(() => spread('a' as never)).toThrow(ConfigurationError)
  })
})

describe('asPrepared', () => {
  it('asks a plain function once per preparation', () => {
    let calls = 0
    const counting: SelectionFunction = (candidates) => candidates[calls++]
    expect(picks(asPrepared(counting).prepare([endpoint('a'), endpoint('b')], context()), 3)).toEqual(['a', 'a', 'a'])
  })
})
