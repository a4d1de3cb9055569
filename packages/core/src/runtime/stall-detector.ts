import type { Clock, Timer } from './clock.ts'
import { LATE_TIMER_MS, type TimerScope } from './timer-scope.ts'

/** How often we look whether our own event loop still turns. */
const HEARTBEAT_MS = 50

/** A window that stalls overlap grows to three times its length at the most, so that an app that stalls all the time still detects. */
const MAX_WINDOW_FACTOR = 3

/** Stalls older than this overlap no window any more. */
const REMEMBERED_MS = 60_000

/** A stretch of time in which our own event loop stood still, in monotonic milliseconds. */
export interface Stall {
  readonly from: number
  readonly to: number
}

export interface StallDetectorOptions {
  readonly timers: TimerScope
  /** How long the loop must have stood still, in milliseconds. */
  readonly thresholdMs: number
  readonly onStall: (stall: Stall) => void
}

/**
 * Notices that our own event loop stood still, by a heartbeat that came late. What was pending meanwhile says nothing
 * about the endpoints: its windows are extended by the time that was lost.
 */
export class StallDetector {
  readonly #options: StallDetectorOptions
  #heartbeat: Timer | undefined
  #lastBeat = 0
  #stalls: Stall[] = []
  /** All of them, also those too short to be called a stall. */
  readonly #lags: Stall[] = []

  constructor(options: StallDetectorOptions) {
    this.#options = options
  }

  get clock(): Clock {
    return this.#options.timers.clock
  }

  start(): void {
    this.#lastBeat = this.#options.timers.clock.now()
    this.#arm()
  }

  stop(): void {
    this.#heartbeat?.cancel()
  }

  /** Milliseconds since `from` in which the loop stood still. Looks at the clock, so a stall that just ended counts. */
  stalledSince(from: number): number {
    this.#beat()
    return overlap(this.#stalls, from)
  }

  /**
   * Runs `callback` after `windowMs` in which the loop was turning: stalls extend the window, up to three times its
   * length. So do several shorter ones that take more than half of it together: an answer that needs several turns of the
   * loop had no more turns than one. Decides only after what has already arrived was read.
   */
  setWindow(windowMs: number, callback: () => void): Timer {
    const { timers } = this.#options
    const startedAt = timers.clock.now()
    const arm = (delayMs: number): Timer =>
      timers.setDecision(delayMs, () => {
        const now = timers.clock.now()
        const until = startedAt + Math.min(windowMs + this.#lostOf(windowMs, startedAt), windowMs * MAX_WINDOW_FACTOR)
        // A millisecond is below what timers can resolve.
        if (until - now > 1) current = arm(until - now)
        else callback()
      })
    let current = arm(windowMs)
    return { cancel: () => current.cancel() }
  }

  #lostOf(windowMs: number, startedAt: number): number {
    const stalled = this.stalledSince(startedAt)
    const lost = overlap(this.#lags, startedAt)
    return lost > windowMs / 2 ? lost : stalled
  }

  #arm(): void {
    this.#heartbeat = this.#options.timers.set(HEARTBEAT_MS, () => {
      this.#beat()
      this.#arm()
    })
  }

  #beat(): void {
    const { timers, thresholdMs, onStall } = this.#options
    const now = timers.clock.now()
    const from = this.#lastBeat + HEARTBEAT_MS
    this.#lastBeat = Math.max(this.#lastBeat, now)
    if (now - from <= LATE_TIMER_MS) return
    const stall: Stall = { from, to: now }
    while (this.#lags[0] !== undefined && this.#lags[0].to <= now - REMEMBERED_MS) this.#lags.shift()
    this.#lags.push(stall)
    if (now - from <= thresholdMs) return
    this.#stalls = [...this.#stalls.filter((old) => old.to > now - REMEMBERED_MS), stall]
    onStall(stall)
  }
}

const overlap = (stretches: readonly Stall[], from: number): number => {
  let total = 0
  for (const stretch of stretches) total += Math.max(0, stretch.to - Math.max(stretch.from, from))
  return total
}
