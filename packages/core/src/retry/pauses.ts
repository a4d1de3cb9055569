import type { TimerScope } from '../runtime/timer-scope.ts'

/** The pauses between attempts. */
export class Pauses {
  readonly #timers: TimerScope
  readonly #ends = new Set<() => void>()

  constructor(timers: TimerScope) {
    this.#timers = timers
  }

  /** Resolves after `delayMs`; sooner with `endAll`, or when what `follow` is given is called. It returns how to stop that. */
  pause(delayMs: number, follow: (end: () => void) => (() => void) | undefined): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        timer.cancel()
        stopFollowing?.()
        this.#ends.delete(end)
        resolve()
      }
      const timer = this.#timers.set(delayMs, end)
      const stopFollowing = follow(end)
      this.#ends.add(end)
    })
  }

  endAll(): void {
    for (const end of [...this.#ends]) end()
  }
}
