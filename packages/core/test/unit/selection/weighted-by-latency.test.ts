import { describe, expect, it } from 'vitest'
import type { Endpoint } from '../../../src/endpoint/endpoint.ts'
import { ConfigurationError } from '../../../src/errors.ts'
import { latencyWeights, sharesDiffer } from '../../../src/selection/latency-weights.ts'
import { weightedByLatency } from '../../../src/selection/strategies/weighted-by-latency.ts'
import { seededRandom } from '../../../src/testing/seeded-random.ts'
import { between, context, countOf, endpoint, picks } from './fake-endpoint.ts'

const byCommands = (candidate: Endpoint): number | undefined => candidate.commandLatencyMs

const withLatencies = (...latencies: (number | undefined)[]): Endpoint[] =>
  latencies.map((commandLatencyMs, index) => endpoint(`e${index}`, { commandLatencyMs }))

describe('latencyWeights', () => {
  it.each([
    { why: 'is the reciprocal of the latency', latencies: [2, 4, 8], weights: [0.5, 0.25, 0.125] },
    { why: 'takes anything below 1 ms as 1 ms', latencies: [0, 0.3, 1, 2], weights: [1, 1, 1, 0.5] },
    { why: 'is at least a tenth of the greatest', latencies: [1, 500], weights: [1, 0.1] },
    { why: 'is the mean without samples', latencies: [1, undefined, 2], weights: [1, 0.75, 0.5] },
    { why: 'takes an impossible latency as none', latencies: [2, Number.NaN, -4], weights: [0.5, 0.5, 0.5] },
    { why: 'is equal without any samples', latencies: [undefined, undefined], weights: [1, 1] },
  ])('$why', ({ latencies, weights }) => {
    expect(latencyWeights(withLatencies(...latencies), byCommands)).toEqual(weights)
  })

  it('multiplies by the configured weight and by the share of a slow start', () => {
    const candidates = [endpoint('a', { weight: 2, commandLatencyMs: 4 }), endpoint('b', { commandLatencyMs: 4 })]
    expect(latencyWeights(candidates, byCommands, [1, 0.5])).toEqual([0.5, 0.125])
  })

  it('leaves a configured weight of 0 at 0, unless all are', () => {
    const zero = { weight: 0, commandLatencyMs: 2 }
    expect(latencyWeights([endpoint('a', { commandLatencyMs: 2 }), endpoint('b', zero)], byCommands)).toEqual([0.5, 0])
    expect(latencyWeights([endpoint('a', zero), endpoint('b', zero)], byCommands)).toEqual([0.5, 0.5])
  })

  it('gives finite weights that are positive and within a factor of ten, whatever the latencies', () => {
    const random = seededRandom('weights')
    const odd = [undefined, 0, Number.NaN, Number.POSITIVE_INFINITY, -1, 1e308, 1e-308]
    for (let run = 0; run < 1000; run += 1) {
      const latencies = Array.from({ length: between(random, 1, 10) }, () =>
        random() < 0.3 ? odd[between(random, 0, odd.length - 1)] : 10 ** (8 * random() - 3),
      )
      const weights = latencyWeights(withLatencies(...latencies), byCommands)
      expect(weights.every((weight) => Number.isFinite(weight) && weight > 0)).toBe(true)
      expect(Math.min(...weights)).toBeGreaterThanOrEqual(Math.max(...weights) / 10)
    }
  })

  it('gives the same shares when all latencies above the floor double', () => {
    const once = latencyWeights(withLatencies(2, 3, 17), byCommands)
    const twice = latencyWeights(withLatencies(4, 6, 34), byCommands)
    expect(sharesDiffer(once, twice, 1e-9)).toBe(false)
  })
})

describe('weightedByLatency', () => {
  const share = (picked: readonly (string | undefined)[], id: string): number =>
    (countOf(picked).get(id) ?? 0) / picked.length

  it('spreads commands in proportion to the weights', () => {
    const picked = picks(weightedByLatency().prepare(withLatencies(2, 6), context()), 4000)
    expect(share(picked, 'e0')).toBeCloseTo(0.75, 2)
  })

  it('uses the round trips of probes while no candidate has had commands', () => {
    const candidates = [endpoint('e0', { roundTripMs: 2 }), endpoint('e1', { roundTripMs: 6 })]
    expect(share(picks(weightedByLatency().prepare(candidates, context()), 4000), 'e0')).toBeCloseTo(0.75, 2)
  })

  it.each([
    { measure: 'commands' as const, expected: 0.25 },
    { measure: 'probes' as const, expected: 0.75 },
  ])('uses the latency of $measure when told to', ({ measure, expected }) => {
    const candidates = [
      endpoint('e0', { roundTripMs: 2, commandLatencyMs: 6 }),
      endpoint('e1', { roundTripMs: 6, commandLatencyMs: 2 }),
    ]
    expect(share(picks(weightedByLatency({ measure }).prepare(candidates, context()), 4000), 'e0')).toBeCloseTo(
      expected,
      2,
    )
  })

  it('goes on in its order while less than a second has passed, or the shares change by at most 20 %', () => {
    const strategy = weightedByLatency()
    const [first, second, third] = [withLatencies(2, 2), withLatencies(2, 20), withLatencies(2, 2.4)]
    picks(strategy.prepare(first, context({ now: 100_000 })), 7)
    expect(share(picks(strategy.prepare(second, context({ now: 100_999 })), 100), 'e1')).toBe(0.5)
    expect(share(picks(strategy.prepare(third, context({ now: 101_000 })), 100), 'e1')).toBe(0.5)
  })

  it('moves the shares after a second when a latency has changed by more', () => {
    const strategy = weightedByLatency()
    picks(strategy.prepare(withLatencies(2, 2), context({ now: 100_000 })), 7)
    const later = strategy.prepare(withLatencies(2, 102), context({ now: 101_000 }))
    expect(share(picks(later, 1100), 'e1')).toBeCloseTo(1 / 11, 2)
  })

  it('follows a changed set at once', () => {
    const strategy = weightedByLatency()
    strategy.prepare(withLatencies(2, 2), context())
    expect(share(picks(strategy.prepare(withLatencies(2, 2, 4), context()), 5000), 'e2')).toBeCloseTo(0.2, 2)
  })

  it('is not frozen by a clock that runs backwards', () => {
    const strategy = weightedByLatency()
    strategy.prepare(withLatencies(2, 2), context({ now: 500_000 }))
    const earlier = strategy.prepare(withLatencies(2, 18), context({ now: 100_000 }))
    expect(share(picks(earlier, 4000), 'e1')).toBeCloseTo(0.1, 2)
  })

  it('gives a recovered endpoint all of its share when its ramp ends', () => {
    const strategy = weightedByLatency()
    const candidates = [
      endpoint('e0', { commandLatencyMs: 2 }),
      endpoint('e1', { commandLatencyMs: 2, upSince: 100_000 }),
    ]
    const shares: number[] = []
    for (let now = 100_000; now <= 121_000; now += 1000) {
      shares.push(share(picks(strategy.prepare(candidates, context({ now })), 2000), 'e1'))
    }
    expect(shares[0]).toBeCloseTo(0.1 / 1.1, 2)
    expect(shares.at(-1)).toBe(0.5)
    expect(shares.slice(1).every((value, index) => value > shares[index]! - 0.005)).toBe(true)
  })

  it('refuses options that it does not know', () => {
    expect(() => weightedByLatency({ measure: 'guess' as never })).toThrow(ConfigurationError)
    expect(() => weightedByLatency({ meassure: 'probes' } as never)).toThrow(ConfigurationError)
  })
})
