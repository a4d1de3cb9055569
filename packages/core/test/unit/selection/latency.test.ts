import { describe, expect, it } from 'vitest'
import { averageRoundTrip, latencyWindow, lessLoaded, twoRandomChoices } from '../../../src/selection/latency.ts'
import { PeakAverage, peakAverage } from '../../../src/selection/peak-average.ts'
import { seededRandom } from '../../../src/testing/seeded-random.ts'
import { countOf, endpoint, isWithinThreeSigma } from './fake-endpoint.ts'

const IMPOSSIBLE = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1]

describe('averageRoundTrip', () => {
  it('takes the first sample as it is, and then a fifth of each new one', () => {
    expect(averageRoundTrip(undefined, 10)).toBe(10)
    expect(averageRoundTrip(10, 20)).toBe(12)
  })

  it.each(IMPOSSIBLE)('ignores a sample of %d', (sample) => {
    expect(averageRoundTrip(3, sample)).toBe(3)
    expect(averageRoundTrip(undefined, sample)).toBeUndefined()
  })

  it('stays within the least and the greatest sample', () => {
    const random = seededRandom('round trips')
    for (let run = 0; run < 300; run += 1) {
      const scale = 10 ** (12 * random() - 6)
      const samples = Array.from({ length: 100 }, () => scale * random())
      const average = samples.reduce<number | undefined>(averageRoundTrip, undefined)
      expect(average).toBeGreaterThanOrEqual(Math.min(...samples))
      expect(average).toBeLessThanOrEqual(Math.max(...samples))
    }
  })
})

describe('peakAverage', () => {
  it('jumps to a higher sample at once', () => {
    expect(peakAverage(2, 300, 1)).toBe(300)
  })

  it('has decayed to 1/e of the difference after one time constant', () => {
    expect(peakAverage(100, 0, 10_000)).toBeCloseTo(100 / Math.E)
    expect(peakAverage(100, 0, 500, 500)).toBeCloseTo(100 / Math.E)
  })

  it.each([0, -5000])('does not decay in %d ms', (elapsed) => {
    expect(peakAverage(100, 1, elapsed)).toBe(100)
  })

  it.each(IMPOSSIBLE)('ignores a sample of %d', (sample) => {
    expect(peakAverage(3, sample, 10)).toBe(3)
    expect(peakAverage(undefined, sample, 10)).toBeUndefined()
  })
})

describe('PeakAverage', () => {
  it('stays within its samples, whatever they are and however time runs', () => {
    for (let seed = 0; seed < 300; seed += 1) {
      const random = seededRandom(`peaks ${seed}`)
      const average = new PeakAverage()
      const samples: number[] = []
      let now = 0
      for (let step = 0; step < 100; step += 1) {
        now += 2000 * (random() - 0.2)
        const sample = random() < 0.1 ? IMPOSSIBLE[step % IMPOSSIBLE.length]! : 50 * random()
        average.record(sample, now)
        if (sample >= 0 && sample < 50) samples.push(sample)
        if (samples.length === 0) continue
        expect(average.value(now)).toBeGreaterThanOrEqual(Math.min(...samples))
        expect(average.value(now)).toBeLessThanOrEqual(Math.max(...samples))
      }
    }
  })

  it('is at least the plain mean after a spike', () => {
    const average = new PeakAverage()
    const samples = [5, 5, 5, 400, 5, 5, 5, 5]
    samples.forEach((sample, index) => {
      average.record(sample, 100 * index)
    })
    expect(average.value(700)).toBeGreaterThan(samples.reduce((sum, sample) => sum + sample, 0) / samples.length)
  })

  it('knows nothing before the first sample, long after the last one, and after a reset', () => {
    const average = new PeakAverage()
    expect(average.value(0)).toBeUndefined()
    average.record(8, 1000)
    expect(average.value(31_000)).toBe(8)
    expect(average.value(31_001)).toBeUndefined()
    average.record(2, 40_000)
    expect(average.value(40_000)).toBe(2)
    average.reset()
    expect(average.value(40_000)).toBeUndefined()
  })
})

describe('latencyWindow', () => {
  const ids = (thresholdMs: number, ...roundTrips: (number | undefined)[]): string[] =>
    latencyWindow(
      roundTrips.map((roundTripMs, index) => endpoint(`e${index}`, { roundTripMs })),
      thresholdMs,
    ).map(({ id }) => id)

  it('keeps those that are at most the threshold slower than the fastest, in order', () => {
    expect(ids(15, 30, 12, 27, 27.1)).toEqual(['e1', 'e2'])
  })

  it('keeps those without a measurement', () => {
    expect(ids(5, undefined, 40, 3, Number.NaN)).toEqual(['e0', 'e2', 'e3'])
    expect(ids(5, undefined, undefined)).toEqual(['e0', 'e1'])
  })

  it('keeps only the fastest with a threshold of 0', () => {
    expect(ids(0, 2, 1, 1)).toEqual(['e1', 'e2'])
  })
})

describe('twoRandomChoices', () => {
  it('takes what there is of fewer than two', () => {
    expect(twoRandomChoices([], () => 0)).toBeUndefined()
    expect(twoRandomChoices([endpoint('a')], () => 0)?.id).toBe('a')
  })

  it('never takes the busiest of several', () => {
    const random = seededRandom('two choices')
    const candidates = [3, 9, 1, 4].map((inFlight, index) => endpoint(`e${index}`, { inFlight }))
    const picked = Array.from({ length: 2000 }, () => twoRandomChoices(candidates, random)?.id)
    expect(picked).not.toContain('e1')
  })

  it('takes equally busy ones with the same probability', () => {
    const random = seededRandom('equal')
    const candidates = ['a', 'b', 'c', 'd', 'e'].map((id) => endpoint(id))
    const counts = countOf(Array.from({ length: 50_000 }, () => twoRandomChoices(candidates, random)?.id))
    for (const { id } of candidates) expect(isWithinThreeSigma(counts.get(id) ?? 0, 50_000, 0.2)).toBe(true)
  })

  it('keeps the load almost even', () => {
    const random = seededRandom('balls and bins')
    const loads = Array.from({ length: 100 }, () => ({ inFlight: 0 }))
    const live = loads.map((load, index) =>
      Object.defineProperty(endpoint(`e${index}`), 'inFlight', { get: () => load.inFlight }),
    )
    for (let ball = 0; ball < 10_000; ball += 1) {
      const chosen = twoRandomChoices(live, random)
      loads[live.indexOf(chosen!)]!.inFlight += 1
    }
    expect(Math.max(...loads.map(({ inFlight }) => inFlight))).toBeLessThanOrEqual(105)
  })
})

describe('lessLoaded', () => {
  it('takes the first of two that are equally busy', () => {
    expect(lessLoaded(endpoint('a'), endpoint('b')).id).toBe('a')
    expect(lessLoaded(endpoint('a', { inFlight: 1 }), endpoint('b')).id).toBe('b')
  })
})
