import { describe, expect, it } from 'vitest'
import { FailureDetector, type Outcome } from '../../../src/detector/failure-detector.ts'
import { isRecovered, isTripped } from '../../../src/detector/trip-rule.ts'
import { presets } from '../../../src/options/presets.ts'
import { seededRandom } from '../../../src/testing/seeded-random.ts'

const rule = presets.default.detector
const officialRule = presets.redisOfficialDefaults.detector

/** `s`, `f` and `n`, one millisecond apart; true for each that trips. */
const play = (detector: FailureDetector, script: string, from = 0, generation = 1): number[] => {
  const outcomes: Record<string, Outcome> = { s: 'success', f: 'failure', n: 'neutral' }
  return [...script].flatMap((letter, index) =>
    detector.record(outcomes[letter]!, generation, from + index) ? [index] : [],
  )
}

describe('isTripped', () => {
  it.each([
    { successes: 100, failures: 4, consecutiveFailures: 4, tripped: false },
    { successes: 100, failures: 5, consecutiveFailures: 5, tripped: true },
    { successes: 10, failures: 9, consecutiveFailures: 1, tripped: false },
    { successes: 10, failures: 10, consecutiveFailures: 1, tripped: true },
    { successes: 11, failures: 10, consecutiveFailures: 1, tripped: false },
    { successes: 0, failures: 0, consecutiveFailures: 0, tripped: false },
  ])(
    'is $tripped by default for $successes successes and $failures failures, $consecutiveFailures in a row',
    ({ tripped, ...counts }) => {
      expect(isTripped(rule, counts)).toBe(tripped)
    },
  )

  it.each([
    { successes: 0, failures: 999, consecutiveFailures: 999, tripped: false },
    { successes: 9000, failures: 1000, consecutiveFailures: 1, tripped: true },
    { successes: 9001, failures: 1000, consecutiveFailures: 1, tripped: false },
  ])('is $tripped by number and rate for $successes successes and $failures failures', ({ tripped, ...counts }) => {
    expect(isTripped(officialRule, counts)).toBe(tripped)
  })
})

describe('isRecovered', () => {
  it.each([
    { successes: 0, failures: 0, consecutiveFailures: 0, recovered: true },
    { successes: 30, failures: 10, consecutiveFailures: 1, recovered: true },
    { successes: 29, failures: 10, consecutiveFailures: 1, recovered: false },
    { successes: 100, failures: 5, consecutiveFailures: 5, recovered: false },
  ])(
    'is $recovered for $successes successes and $failures failures, $consecutiveFailures in a row',
    ({ recovered, ...counts }) => {
      expect(isRecovered(rule, counts)).toBe(recovered)
    },
  )
})

describe('FailureDetector', () => {
  it.each([
    { script: 'fffff', trips: [4] },
    { script: 'ffffsffff', trips: [] },
    { script: 'ffnnfff', trips: [6] },
    { script: 'nnnnnnnnnn', trips: [] },
    { script: 'fffffffffff', trips: [4] },
    { script: 'fffffsfffff', trips: [4] },
    { script: `fffff${'s'.repeat(15)}fffff`, trips: [4, 24] },
    { script: 'sfsfsfsfsfsfsfsfsfsf', trips: [19] },
    { script: 'ssfssfssfssfssfssfssfssfssfssf', trips: [] },
  ])('trips on $script at $trips', ({ script, trips }) => {
    expect(play(new FailureDetector(rule, 1), script)).toEqual(trips)
  })

  it('trips once per episode of a high rate, and again in the next', () => {
    const detector = new FailureDetector(rule, 1)
    expect(play(detector, 'sf'.repeat(30))).toEqual([19])
    detector.recordSuccesses(100, 1, 70)
    expect(detector.tripped).toBe(false)
    expect(play(detector, 'sfff'.repeat(60), 80)).toHaveLength(1)
  })

  it('takes successes in batches', () => {
    const detector = new FailureDetector(rule, 1)
    detector.recordSuccesses(30, 1, 0)
    expect(detector.counts(0)).toEqual({ successes: 30, failures: 0, consecutiveFailures: 0 })
    expect(play(detector, 'ffff')).toEqual([])
    detector.recordSuccesses(1, 1, 10)
    expect(detector.counts(10)).toEqual({ successes: 31, failures: 4, consecutiveFailures: 0 })
  })

  it.each([0, -1, Number.NaN])('takes a batch of %d as none', (count) => {
    const detector = new FailureDetector(rule, 1)
    play(detector, 'ffff')
    detector.recordSuccesses(count, 1, 10)
    expect(detector.recordFailure(1, 11)).toBe(true)
  })

  it('does not count outcomes of another generation', () => {
    const detector = new FailureDetector(rule, 2)
    expect(play(detector, 'ffffffffff', 0, 1)).toEqual([])
    expect(play(detector, 'ffff', 20, 2)).toEqual([])
    detector.recordSuccesses(50, 1, 30)
    detector.recordSuccesses(50, 3, 30)
    expect(detector.counts(30)).toEqual({ successes: 0, failures: 4, consecutiveFailures: 4 })
    expect(play(detector, 'f', 31, 2)).toEqual([0])
  })

  it('starts anew on reset, and ignores a reset to an older generation', () => {
    const detector = new FailureDetector(rule, 1)
    expect(play(detector, 'fffff')).toEqual([4])
    detector.reset(1)
    expect(detector.tripped).toBe(false)
    expect(play(detector, 'fffff', 10)).toEqual([4])
    detector.reset(2)
    detector.reset(1)
    expect(detector.recordFailure(1, 20)).toBe(false)
    expect(play(detector, 'fffff', 30, 2)).toEqual([4])
  })

  it('does not take failures that the window has forgotten as in a row with new ones', () => {
    const detector = new FailureDetector(rule, 1)
    play(detector, 'ffff', 0)
    expect(play(detector, 'ffff', 60_000)).toEqual([])
    expect(play(detector, 'f', 60_010)).toEqual([0])
  })

  it('ends an episode by time alone', () => {
    const detector = new FailureDetector(rule, 1)
    expect(play(detector, 'fffff', 0)).toEqual([4])
    expect(play(detector, 'fffff', 60_000)).toEqual([4])
  })

  it('goes on when time runs backwards', () => {
    const detector = new FailureDetector(rule, 1)
    play(detector, 'ffff', 1_000_000)
    expect(play(detector, 'f', 0)).toEqual([0])
    detector.recordSuccesses(1, 1, 1)
    expect(play(detector, 'fffff', 20_000)).toEqual([4])
  })

  it('trips only on a failure, and only where the rule is met', () => {
    for (let seed = 0; seed < 200; seed += 1) {
      const random = seededRandom(seed)
      const detector = new FailureDetector(rule, 1)
      const failureShare = random()
      let now = 0
      for (let step = 0; step < 200; step += 1) {
        now += random() < 0.02 ? 20_000 * random() : 500 * random()
        const before = detector.tripped && !isRecovered(rule, detector.counts(now))
        const outcome = random() < failureShare ? 'failure' : random() < 0.5 ? 'success' : 'neutral'
        const trips = detector.record(outcome, 1, now)
        expect(trips).toBe(outcome === 'failure' && !before && isTripped(rule, detector.counts(now)))
      }
    }
  })
})
