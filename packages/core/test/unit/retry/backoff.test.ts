import { describe, expect, it } from 'vitest'
import { fullJitterDelay } from '../../../src/retry/backoff.ts'
import { seededRandom } from '../../../src/testing/seeded-random.ts'

describe('fullJitterDelay', () => {
  it.each([
    { attempt: 0, longest: 20 },
    { attempt: 1, longest: 40 },
    { attempt: 5, longest: 640 },
    { attempt: 6, longest: 1000 },
    { attempt: 5000, longest: 1000 },
    { attempt: -1, longest: 20 },
  ])('is from 0 to $longest ms before repeat $attempt', ({ attempt, longest }) => {
    expect(fullJitterDelay(attempt, () => 0)).toBe(0)
    expect(fullJitterDelay(attempt, () => 0.5)).toBe(longest / 2)
    const random = seededRandom(attempt)
    const delays = Array.from({ length: 10_000 }, () => fullJitterDelay(attempt, random))
    expect(Math.max(...delays)).toBeLessThan(longest)
    const mean = delays.reduce((sum, delay) => sum + delay, 0) / delays.length
    // Three standard errors of the mean of a uniform number.
    expect(Math.abs(mean - longest / 2)).toBeLessThan((3 * longest) / Math.sqrt(12 * delays.length))
  })

  it('follows its options', () => {
    expect(fullJitterDelay(3, () => 0.5, { baseMs: 100, capMs: 300 })).toBe(150)
    expect(fullJitterDelay(2000, () => 0.5, { baseMs: 0 })).toBe(0)
  })
})
