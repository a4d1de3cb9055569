import type { Clock, Timer } from './clock.ts'

/**
 * A timer that fires later than this was held up by our own event loop, so the answer it gives up on may already be
 * waiting in the socket.
 */
export const LATE_TIMER_MS = 20

/** Owns every timer of a group, so that closing it leaves none behind. */
export class TimerScope {
  readonly clock: Clock
  readonly #pending = new Set<Timer>()
  #closed = false

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** How many timers are pending. */
  get size(): number {
    return this.#pending.size
  }

  /** Runs `callback` after `delayMs`, unless cancelled or the scope is closed before. */
  set(delayMs: number, callback: () => void): Timer {
    return this.#track((run) => this.clock.setTimer(run, delayMs), callback)
  }

  /**
   * Like `set`, for decisions that a reply could still prevent: on expiry, sockets get one turn of the event loop to
   * deliver what has already arrived, and two turns when the timer itself was late.
   */
  setDecision(delayMs: number, callback: () => void): Timer {
    const dueAt = this.clock.now() + delayMs
    let current: Timer
    const turn = (left: number): Timer =>
      this.#track(
        (run) => this.clock.nextTurn(run),
        () => {
          if (left === 0) callback()
          else current = turn(left - 1)
        },
      )
    current = this.set(delayMs, () => {
      current = turn(this.clock.now() - dueAt > LATE_TIMER_MS ? 1 : 0)
    })
    return { cancel: () => current.cancel() }
  }

  /** Cancels everything; later calls to `set` schedule nothing. */
  close(): void {
    this.#closed = true
    for (const timer of this.#pending) timer.cancel()
    this.#pending.clear()
  }

  #track(schedule: (run: () => void) => Timer, callback: () => void): Timer {
    if (this.#closed) return { cancel: () => {} }
    const inner = schedule(() => {
      this.#pending.delete(timer)
      callback()
    })
    const timer: Timer = {
      cancel: () => {
        this.#pending.delete(timer)
        inner.cancel()
      },
    }
    this.#pending.add(timer)
    return timer
  }
}
