/** Connects that one endpoint sees at the same time at the most, so that a restarted server is not overrun. */
export const MAX_CONCURRENT_CONNECTS = 2

/** Lets a bounded number of tasks run; the rest wait, urgent ones first, else first in first out. */
export class ConnectLimiter {
  readonly #limit: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(limit: number = MAX_CONCURRENT_CONNECTS) {
    this.#limit = limit
  }

  get running(): number {
    return this.#running
  }

  /** Resolves when a place is free; the caller must call the returned function when it is done. */
  async enter(urgent: boolean): Promise<() => void> {
    if (this.#running >= this.#limit) {
      // A place is handed over directly, so that nobody can slip in between.
      await new Promise<void>((resolve) => {
        if (urgent) this.#waiting.unshift(resolve)
        else this.#waiting.push(resolve)
      })
    } else {
      this.#running++
    }
    let left = false
    return () => {
      if (left) return
      left = true
      const next = this.#waiting.shift()
      if (next === undefined) this.#running--
      else next()
    }
  }
}
