import { describe, expect, it } from 'vitest'
import { SlidingWindow } from '../../../src/detector/sliding-window.ts'
import { seededRandom } from '../../../src/testing/seeded-random.ts'

describe('SlidingWindow', () => {
  it('counts what happened within the window', () => {
    const window = new SlidingWindow()
    window.record(0, 3, 1)
    window.record(4500, 2, 0)
    window.record(9999, 0, 4)
    expect(window.totals(9999)).toEqual({ successes: 5, failures: 5 })
  })

  it('forgets each bucket by its own time stamp', () => {
    const window = new SlidingWindow()
    window.record(500, 1, 0)
    window.record(5500, 0, 1)
    expect(window.totals(10_000)).toEqual({ successes: 0, failures: 1 })
    expect(window.totals(14_999)).toEqual({ successes: 0, failures: 1 })
    expect(window.totals(15_000)).toEqual({ successes: 0, failures: 0 })
  })

  it.each([10_000, 11_000, 3_600_000, 1e12])('has forgotten everything after %d ms without a word', (gap) => {
    const window = new SlidingWindow()
    window.record(700, 5, 5)
    expect(window.totals(700 + gap)).toEqual({ successes: 0, failures: 0 })
    window.record(700 + gap, 1, 0)
    expect(window.totals(700 + gap)).toEqual({ successes: 1, failures: 0 })
  })

  it.each([1, 999, 5000, 10_000, 3_600_000])(
    'goes on as if no time had passed when time runs back by %d ms',
    (jump) => {
      const window = new SlidingWindow()
      window.record(5_000_500, 2, 1)
      const back = 5_000_500 - jump
      expect(window.totals(back)).toEqual({ successes: 2, failures: 1 })
      window.record(back, 0, 1)
      expect(window.totals(back)).toEqual({ successes: 2, failures: 2 })
      expect(window.totals(back + 11_000)).toEqual({ successes: 0, failures: 0 })
      expect(window.totals(5_000_500 + 11_000)).toEqual({ successes: 0, failures: 0 })
    },
  )

  it('works with negative times', () => {
    const window = new SlidingWindow()
    window.record(-3500, 1, 1)
    expect(window.totals(-1)).toEqual({ successes: 1, failures: 1 })
    expect(window.totals(7000)).toEqual({ successes: 0, failures: 0 })
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -3])('adds nothing for a count of %d', (count) => {
    const window = new SlidingWindow()
    window.record(0, count, count)
    expect(window.totals(0)).toEqual({ successes: 0, failures: 0 })
  })

  it('survives a time that is none', () => {
    const window = new SlidingWindow()
    window.record(Number.NaN, 1, 0)
    window.record(1000, 1, 0)
    window.record(Number.POSITIVE_INFINITY, 1, 0)
    expect(window.totals(1500)).toEqual({ successes: 2, failures: 0 })
  })

  it('forgets everything on reset, and counts on from any time', () => {
    const window = new SlidingWindow()
    window.record(50_000, 1, 1)
    window.reset()
    expect(window.totals(50_000)).toEqual({ successes: 0, failures: 0 })
    window.record(10, 1, 0)
    expect(window.totals(10)).toEqual({ successes: 1, failures: 0 })
  })

  it('counts all of the last nine tenths of the window, and nothing older than the window', () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const random = seededRandom(seed)
      const window = new SlidingWindow({ windowMs: 2000, buckets: 10 })
      const events: number[] = []
      let now = 10_000 * random()
      for (let step = 0; step < 200; step += 1) {
        now += random() < 0.05 ? 5000 * random() : 100 * random()
        window.record(now, 1, 0)
        events.push(now)
        const { successes } = window.totals(now)
        expect(successes).toBeGreaterThanOrEqual(events.filter((at) => at > now - 1800).length)
        expect(successes).toBeLessThanOrEqual(events.filter((at) => at > now - 2000).length)
      }
    }
  })
})
