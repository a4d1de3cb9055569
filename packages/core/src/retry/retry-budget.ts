import { SlidingWindow } from '../detector/sliding-window.ts'

export interface RetryBudgetOptions {
  /** The share of calls that may be repeated, 0 to 1. Default 0.2. */
  readonly ratio?: number
  /** Repeats per second that are allowed whatever the traffic. Default 10. */
  readonly perSecond?: number
  /** How many may be saved up without traffic, and how many there are at first. Default 100. */
  readonly retryBurst?: number
}

/** For how long calls count towards what may be saved up, in milliseconds. */
const WINDOW_MS = 10_000

/**
 * Keeps repeats from making an overload worse: a token bucket that every call fills by `ratio` and every second by
 * `perSecond`, and that every repeat takes one token from. It holds at most `ratio` of the calls of the last 10 s, or
 * `retryBurst` if that is more. So since its start it has allowed at most `ratio * calls + perSecond * seconds + retryBurst`
 * repeats. Times are monotonic milliseconds; where they run backwards, no time has passed.
 *
 * Source: Finagle's retry budget.
 */
export class RetryBudget {
  readonly #ratio: number
  readonly #perMs: number
  readonly #burst: number
  readonly #calls = new SlidingWindow({ windowMs: WINDOW_MS })
  #tokens: number
  #filledAt: number | undefined

  constructor({ ratio = 0.2, perSecond = 10, retryBurst = 100 }: RetryBudgetOptions = {}) {
    this.#ratio = ratio
    this.#perMs = perSecond / 1000
    // A token must fit in, or the rate per second could never be used.
    this.#burst = perSecond > 0 ? Math.max(retryBurst, 1) : retryBurst
    this.#tokens = this.#burst
  }

  /** Adds calls, repeats not included. They may come in batches. */
  recordCalls(count: number, now: number): void {
    if (!Number.isFinite(count) || count <= 0) return
    this.#calls.record(now, count, 0)
    this.#fill(now, this.#ratio * count)
  }

  /** Takes a token for one repeat; false if there is none, and then the original error is the answer. */
  tryTake(now: number): boolean {
    this.#fill(now, 0)
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }

  /** The tokens there are: repeats that are allowed now. From 0 to `capacity`. */
  balance(now: number): number {
    this.#fill(now, 0)
    return this.#tokens
  }

  /** The most tokens that there can be now. */
  capacity(now: number): number {
    return Math.max(this.#burst, this.#ratio * this.#calls.totals(now).successes)
  }

  #fill(now: number, deposit: number): void {
    const elapsedMs = this.#filledAt !== undefined && now > this.#filledAt ? now - this.#filledAt : 0
    this.#filledAt = now
    this.#tokens = Math.min(this.capacity(now), this.#tokens + deposit + elapsedMs * this.#perMs)
  }
}
