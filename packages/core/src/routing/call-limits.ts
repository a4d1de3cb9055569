import { ConfigurationError } from '../errors.ts'
import type { TimerScope } from '../runtime/timer-scope.ts'
import type { Call } from './call.ts'
import { Deadlines } from './deadlines.ts'
import { SignalFollowers } from './signal-followers.ts'

/** What ends a call before its reply. */
export interface CallLimits {
  /** Milliseconds from now; 0 for no deadline; `undefined` for that of the client. */
  readonly timeout?: number | undefined
  /** Ends the call at once when it is aborted. */
  readonly signal?: AbortSignal | undefined
}

/** The deadlines and signals of all calls of a group. */
export class Limiter {
  readonly #timers: TimerScope
  readonly #deadlines = new Map<number, Deadlines>()
  readonly #signals = new WeakMap<AbortSignal, SignalFollowers>()

  constructor(timers: TimerScope) {
    this.#timers = timers
  }

  /**
   * The deadlines of calls that may take so many milliseconds; none for `undefined` and 0.
   *
   * @throws ConfigurationError
   */
  deadlines(timeout: number | undefined): Deadlines | undefined {
    if (timeout === undefined || timeout === 0) return undefined
    const durationMs = checkTimeout(timeout)
    let deadlines = this.#deadlines.get(durationMs)
    if (deadlines === undefined) {
      deadlines = this.#make(durationMs)
      this.#deadlines.set(durationMs, deadlines)
    }
    return deadlines
  }

  /**
   * Puts a call under its limits; false if its signal is aborted already, and then the call has ended.
   *
   * @throws ConfigurationError
   */
  limit(call: Call, { timeout, signal }: CallLimits): boolean {
    const deadlines = this.deadlines(timeout)
    if (signal !== undefined) {
      if (signal.aborted) {
        call.abort(signal.reason)
        return false
      }
      this.#followersOf(signal).add(call)
    }
    deadlines?.add(call)
    return true
  }

  #followersOf(signal: AbortSignal): SignalFollowers {
    let followers = this.#signals.get(signal)
    if (followers === undefined) {
      followers = new SignalFollowers(signal)
      this.#signals.set(signal, followers)
    }
    return followers
  }

  // Callers may compute their timeouts: what has become empty is forgotten, its holder may go on using it.
  #make(durationMs: number): Deadlines {
    return new Deadlines(this.#timers, durationMs, (idle) => {
      if (this.#deadlines.get(durationMs) === idle) this.#deadlines.delete(durationMs)
    })
  }
}

// Whole milliseconds, so that computed ones share a timer.
const checkTimeout = (timeout: number): number => {
  if (typeof timeout !== 'number' || !Number.isFinite(timeout) || timeout < 0)
    throw new ConfigurationError('timeout', timeout, 'a number of milliseconds of at least 0, where 0 means none')
  return Math.ceil(timeout)
}
