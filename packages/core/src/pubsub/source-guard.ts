import type { Timer } from '../runtime/clock.ts'
import { jitter, type Random } from '../runtime/random.ts'
import type { StallDetector } from '../runtime/stall-detector.ts'
import type { TimerScope } from '../runtime/timer-scope.ts'

const INTERVAL_JITTER = 0.1

export interface SourceGuardOptions {
  readonly timers: TimerScope
  readonly stalls: StallDetector
  readonly random: Random
  /** Milliseconds from an answer to the next PING. */
  readonly interval: number
  /** Milliseconds without an answer or anything else after which the connection is suspect. */
  readonly timeout: number
  /** Resolves when the server has answered, with whatever; rejects when the connection is gone. */
  readonly ping: () => Promise<unknown>
  /** Changes whenever something arrives. */
  readonly progress: () => number
  /** The server has answered the PING that was sent at `sentAt`: what it published before has arrived. */
  readonly onAnswer: (sentAt: number) => void
  /** Nothing has arrived for `silentMs`. Resolves when that was dealt with; the watch goes on unless it is stopped. */
  readonly onSilence: (silentMs: number) => Promise<void>
}

/**
 * Keeps a connection with subscriptions honest: nobody else would notice that it is half open, because nothing has to
 * arrive on it.
 */
export class SourceGuard {
  readonly #options: SourceGuardOptions
  #timer: Timer | undefined
  #stopped = false

  constructor(options: SourceGuardOptions) {
    this.#options = options
  }

  /** Sends the first PING at once: it vouches for the SUBSCRIBE that was written before. */
  start(): void {
    this.#ask()
  }

  stop(): void {
    this.#stopped = true
    this.#timer?.cancel()
  }

  #ask(): void {
    const { timers, random, interval, ping, onAnswer } = this.#options
    const sentAt = timers.clock.now()
    this.#watch(sentAt)
    ping().then(
      () => {
        if (this.#stopped) return
        this.#timer?.cancel()
        this.#timer = timers.set(jitter(random, interval, INTERVAL_JITTER), () => this.#ask())
        onAnswer(sentAt)
      },
      // The connection is gone, which is told elsewhere; or it is not, and then its silence will be noticed.
      () => {},
    )
  }

  #watch(silentSince: number): void {
    const { timers, stalls, timeout, progress, onSilence } = this.#options
    const before = progress()
    this.#timer = stalls.setWindow(timeout, () => {
      const now = timers.clock.now()
      if (progress() !== before) {
        this.#watch(now)
        return
      }
      this.#watch(silentSince)
      void onSilence(now - silentSince)
    })
  }
}
