import type { Clock, Timer } from './clock.ts'
import type { TimerScope } from './timer-scope.ts'

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
    let total = 0
    for (const stall of this.#stalls) total += Math.max(0, stall.to - Math.max(stall.from, from))
    return total
  }

  /**
   * Runs `callback` after `windowMs` in which the loop was turning: stalls extend the window, up to three times its
   * length. Decides only after what has already arrived was read.
   */
  setWindow(windowMs: number, callback: () => void): Timer {
    const { timers } = this.#options
    const startedAt = timers.clock.now()
    const arm = (delayMs: number): Timer =>
      timers.setDecision(delayMs, () => {
        const now = timers.clock.now()
        const until = startedAt + Math.min(windowMs + this.stalledSince(startedAt), windowMs * MAX_WINDOW_FACTOR)
        // A millisecond is below what timers can resolve.
        if (until - now > 1) current = arm(until - now)
        else callback()
      })
    let current = arm(windowMs)
    return { cancel: () => current.cancel() }
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
    if (now - from <= thresholdMs) return
    const stall: Stall = { from, to: now }
    this.#stalls = [...this.#stalls.filter((old) => old.to > now - REMEMBERED_MS), stall]
    onStall(stall)
  }
}
