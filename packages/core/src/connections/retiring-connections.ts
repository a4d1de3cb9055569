import type { Timer } from '../runtime/clock.ts'
import type { TimerScope } from '../runtime/timer-scope.ts'
import type { ManagedConnection } from './managed-connection.ts'

const LOOK_EVERY_MS = 25

interface Retiring<TClient> {
  readonly connection: ManagedConnection<TClient>
  readonly release: () => void
}

/** Connections that get no new commands and end when what is in flight on them has finished. */
export class RetiringConnections<TClient> {
  readonly #timers: TimerScope
  #retiring: Retiring<TClient>[] = []
  #timer: Timer | undefined
  #waiting: { readonly isDone: () => boolean; readonly resolve: () => void }[] = []

  constructor(timers: TimerScope) {
    this.#timers = timers
  }

  /** Calls `release` once nothing is in flight on the connection any more, or it was lost. */
  add(connection: ManagedConnection<TClient>, release: () => void): void {
    if (connection.inFlight === 0 || !connection.alive) {
      release()
      return
    }
    this.#retiring.push({ connection, release })
    this.#arm()
  }

  /** Resolves when `isDone()` is true, or after `timeoutMs`. */
  until(isDone: () => boolean, timeoutMs: number): Promise<void> {
    if (isDone() || timeoutMs === 0) return Promise.resolve()
    return new Promise((resolve) => {
      const end = (): void => {
        timeout.cancel()
        this.#waiting = this.#waiting.filter((entry) => entry !== waiting)
        resolve()
      }
      const timeout = this.#timers.set(timeoutMs, end)
      const waiting = { isDone, resolve: end }
      this.#waiting.push(waiting)
      this.#arm()
    })
  }

  /** Ends all waiting, because no timer will run any more. */
  close(): void {
    for (const waiting of [...this.#waiting]) waiting.resolve()
  }

  #arm(): void {
    this.#timer ??= this.#timers.set(LOOK_EVERY_MS, () => {
      this.#timer = undefined
      this.#look()
      if (this.#retiring.length > 0 || this.#waiting.length > 0) this.#arm()
    })
  }

  #look(): void {
    const done = this.#retiring.filter(({ connection }) => connection.inFlight === 0 || !connection.alive)
    this.#retiring = this.#retiring.filter((entry) => !done.includes(entry))
    for (const { release } of done) release()
    for (const waiting of [...this.#waiting]) if (waiting.isDone()) waiting.resolve()
  }
}
