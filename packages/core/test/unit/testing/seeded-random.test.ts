import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/testing.ts'

const draw = (seed: number | string, count: number): number[] => {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () => random())
}

describe('seededRandom', () => {
  it('repeats exactly for the same seed', () => {
    expect(draw('east', 100)).toEqual(draw('east', 100))
    expect(draw(42, 100)).toEqual(draw(42, 100))
  })

  it('differs for seeds that are close to each other', () => {
    const firsts = Array.from({ length: 1_000 }, (_, seed) => draw(seed, 1)[0])
    expect(new Set(firsts).size).toBe(1_000)
  })

  it('stays in [0, 1) and is uniform to within chance', () => {
    const counts = new Array<number>(10).fill(0)
    for (const value of draw(7, 100_000)) {
      expect(value >= 0 && value < 1).toBe(true)
      counts[Math.floor(value * 10)]! += 1
    }
    // Standard deviation of a bucket is 95; five of them leave a false alarm to one seed in a million.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(475)
  })
})
