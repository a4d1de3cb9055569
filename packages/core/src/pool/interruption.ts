import type { Timer } from '../runtime/clock.ts'
import type { TimerScope } from '../runtime/timer-scope.ts'

/** What ends a call before it is finished: its time is up, or its caller aborted it. */
export class Interruption {
  /** What it was; `undefined` while nothing has happened. */
  reason: 'timeout' | 'abort' | undefined
  readonly #listeners = new Set<() => void>()
  readonly #timer: Timer | undefined
  readonly #signal: AbortSignal | undefined
  #error: unknown

  constructor(timers: TimerScope, timeoutMs: number | undefined, signal: AbortSignal | undefined) {
    this.#signal = signal
    if (timeoutMs !== undefined)
      this.#timer = timers.set(timeoutMs, () => this.#interrupt('timeout', new Error('The time was up.')))
    signal?.addEventListener('abort', this.#onAbort, { once: true })
  }

  /** Settles as `running` does, unless the interruption comes first. */
  race<T>(running: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const interrupt = (): void => reject(this.#error)
      if (this.reason !== undefined) interrupt()
      this.#listeners.add(interrupt)
      // Where it was interrupted, nobody waits for the outcome any more.
      running.then(resolve, reject).finally(() => this.#listeners.delete(interrupt))
    })
  }

  /** Whether the error is what `race` rejected with because of the interruption. */
  isFinal(error: unknown): boolean {
    return this.reason !== undefined && error === this.#error
  }

  /** Calls `listener` when it happens; returns how to stop that. */
  onInterrupt(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** It does not matter any more. */
  end(): void {
    this.#timer?.cancel()
    this.#signal?.removeEventListener('abort', this.#onAbort)
  }

  readonly #onAbort = (): void => this.#interrupt('abort', this.#signal?.reason)

  #interrupt(reason: 'timeout' | 'abort', error: unknown): void {
    if (this.reason !== undefined) return
    this.reason = reason
    this.#error = error
    for (const listener of [...this.#listeners]) listener()
  }
}
