import type { Timer } from '../runtime/clock.ts'
import type { TimerScope } from '../runtime/timer-scope.ts'
import type { PooledConnection } from './pooled-connection.ts'

export interface IdleConnectionsOptions<TClient> {
  readonly timers: TimerScope
  /** Milliseconds after which an idle connection is closed; 0 for never. */
  readonly timeoutMs: number
  /** Whether one may be closed because it is idle. */
  readonly mayClose: () => boolean
  readonly close: (entry: PooledConnection<TClient>) => void
}

/**
 * The idle connections of a pool. The one that was used last is lent first, so that those which are not needed grow old
 * together and can go. One timer serves all of them.
 */
export class IdleConnections<TClient> {
  readonly #options: IdleConnectionsOptions<TClient>
  /** The one that was given back last is at the end. */
  readonly #stack: PooledConnection<TClient>[] = []
  #timer: Timer | undefined

  constructor(options: IdleConnectionsOptions<TClient>) {
    this.#options = options
  }

  get size(): number {
    return this.#stack.length
  }

  get newest(): PooledConnection<TClient> | undefined {
    return this.#stack.at(-1)
  }

  add(entry: PooledConnection<TClient>): void {
    this.#stack.push(entry)
    if (this.#timer === undefined && this.#options.timeoutMs > 0) this.#arm(this.#options.timeoutMs)
  }

  take(): PooledConnection<TClient> | undefined {
    return this.#stack.pop()
  }

  remove(entry: PooledConnection<TClient>): void {
    // Nearly always one of the last.
    const at = this.#stack.lastIndexOf(entry)
    if (at !== -1) this.#stack.splice(at, 1)
  }

  // Not cancelled when the last one is lent: it will be back, and a timer for each return would cost more.
  #arm(delayMs: number): void {
    this.#timer = this.#options.timers.set(delayMs, () => {
      this.#timer = undefined
      this.#sweep()
    })
  }

  #sweep(): void {
    const { timers, timeoutMs, mayClose, close } = this.#options
    const now = timers.clock.now()
    for (let oldest = this.#stack[0]; oldest !== undefined; oldest = this.#stack[0]) {
      const leftMs = oldest.knownGoodAt + timeoutMs - now
      if (leftMs > 0) return this.#arm(leftMs)
      // `min` is wanted: looked at again when it may have changed.
      if (!mayClose()) return this.#arm(timeoutMs)
      close(oldest)
    }
  }
}
