import type { TimerScope } from '../runtime/timer-scope.ts'
import type { Call } from './call.ts'

/** The pauses between the attempts of one client's commands. */
export class Pauses {
  readonly #timers: TimerScope
  readonly #ends = new Set<() => void>()

  constructor(timers: TimerScope) {
    this.#timers = timers
  }

  /** Resolves after `delayMs`; sooner when the call is given up, or with `endAll`. */
  pause(delayMs: number, call: Call | undefined): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        timer.cancel()
        this.#ends.delete(end)
        resolve()
      }
      const timer = this.#timers.set(delayMs, end)
      this.#ends.add(end)
      if (call !== undefined) call.onGivenUp = end
    })
  }

  endAll(): void {
    for (const end of [...this.#ends]) end()
  }
}
