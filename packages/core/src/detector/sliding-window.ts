/** What happened within the window. */
export interface WindowTotals {
  readonly successes: number
  readonly failures: number
}

export interface SlidingWindowOptions {
  /** Milliseconds that a count is remembered, more than 0. Default 10 000. */
  readonly windowMs?: number
  /** How many steps it is forgotten in. Default 10. */
  readonly buckets?: number
}

/**
 * Counts successes and failures of the last `windowMs`, to the precision of one bucket. Each bucket expires by its own
 * time stamp, so that an idle gap of any length needs no clean-up. Times are monotonic milliseconds; where they run
 * backwards all the same, the window goes on as if no time had passed.
 */
export class SlidingWindow {
  readonly #bucketMs: number
  readonly #stamps: Float64Array
  readonly #successes: Float64Array
  readonly #failures: Float64Array
  #latest = Number.NEGATIVE_INFINITY
  /** Added to the number of a bucket, so that it never falls. */
  #offset = 0

  constructor({ windowMs = 10_000, buckets = 10 }: SlidingWindowOptions = {}) {
    this.#bucketMs = windowMs / buckets
    this.#stamps = new Float64Array(buckets).fill(Number.NEGATIVE_INFINITY)
    this.#successes = new Float64Array(buckets)
    this.#failures = new Float64Array(buckets)
  }

  /** Adds to the counts. Numbers that cannot be a count (NaN, infinite, negative) add nothing. */
  record(now: number, successes: number, failures: number): void {
    const stamp = this.#stampOf(now)
    if (!Number.isFinite(stamp)) return
    const count = this.#stamps.length
    const at = ((stamp % count) + count) % count
    if (this.#stamps[at] !== stamp) {
      this.#stamps[at] = stamp
      this.#successes[at] = 0
      this.#failures[at] = 0
    }
    this.#successes[at] = this.#successes[at]! + countOrZero(successes)
    this.#failures[at] = this.#failures[at]! + countOrZero(failures)
  }

  totals(now: number): WindowTotals {
    const oldest = this.#stampOf(now) - this.#stamps.length
    let successes = 0
    let failures = 0
    for (let at = 0; at < this.#stamps.length; at += 1) {
      if (this.#stamps[at]! <= oldest) continue
      successes += this.#successes[at]!
      failures += this.#failures[at]!
    }
    return { successes, failures }
  }

  /** Forgets everything. */
  reset(): void {
    this.#stamps.fill(Number.NEGATIVE_INFINITY)
    this.#latest = Number.NEGATIVE_INFINITY
    this.#offset = 0
  }

  #stampOf(now: number): number {
    const stamp = Math.floor(now / this.#bucketMs)
    if (!Number.isFinite(stamp)) return this.#latest
    if (stamp + this.#offset < this.#latest) this.#offset = this.#latest - stamp
    this.#latest = stamp + this.#offset
    return this.#latest
  }
}

const countOrZero = (count: number): number => (Number.isFinite(count) && count > 0 ? count : 0)
