import { MAX_CONCURRENT_CONNECTS } from '../connections/connect-limiter.ts'
import type { ManagedConnection } from '../connections/managed-connection.ts'

export interface PoolConnectsOptions<TClient> {
  readonly open: () => Promise<ManagedConnection<TClient>>
  /** Opening one has failed: evidence about the endpoint. */
  readonly onOpenFailed: (error: unknown) => void
  readonly onOpened: () => void
  /** Calls back after a wait that grows with `failures`; returns how to call it off. */
  readonly retryLater: (failures: number, callback: () => void) => () => void
}

export interface PoolConnectsPorts<TClient> {
  readonly onConnected: (connection: ManagedConnection<TClient>) => void
  /** Another connect may be tried now. */
  readonly onRetry: () => void
}

/** The connects of one pool: two at once at the most, and after a failure none until a wait that grows is over. */
export class PoolConnects<TClient> {
  readonly #options: PoolConnectsOptions<TClient>
  readonly #ports: PoolConnectsPorts<TClient>
  /** Those under way. One that was given up is another's business. */
  readonly #attempts = new Set<object>()
  #failures = 0
  #cancelRetry: (() => void) | undefined
  #lastError: unknown

  constructor(options: PoolConnectsOptions<TClient>, ports: PoolConnectsPorts<TClient>) {
    this.#options = options
    this.#ports = ports
  }

  get size(): number {
    return this.#attempts.size
  }

  /** Why the latest connect failed; `undefined` when it succeeded. */
  get lastError(): unknown {
    return this.#lastError
  }

  /** Begins a connect; false when none may begin now. */
  begin(): boolean {
    if (this.#attempts.size >= MAX_CONCURRENT_CONNECTS || this.#cancelRetry !== undefined) return false
    const { open, onOpened, onOpenFailed, retryLater } = this.#options
    const attempt = {}
    this.#attempts.add(attempt)
    open().then(
      (connection) => {
        if (!this.#attempts.delete(attempt)) return connection.destroy('it is not needed')
        this.#failures = 0
        this.#lastError = undefined
        this.#ports.onConnected(connection)
        onOpened()
      },
      (error: unknown) => {
        // Given up by us: no failure of the endpoint.
        if (!this.#attempts.delete(attempt)) return
        this.#lastError = error
        this.#cancelRetry ??= retryLater(this.#failures++, () => {
          this.#cancelRetry = undefined
          this.#ports.onRetry()
        })
        onOpenFailed(error)
      },
    )
    return true
  }

  /** Lets what is under way end for nothing, and forgets earlier failures. */
  giveUp(): void {
    this.#attempts.clear()
    this.endWait()
  }

  /** Forgets earlier failures; true where a wait because of them was under way. */
  endWait(): boolean {
    const waited = this.#cancelRetry !== undefined
    this.#cancelRetry?.()
    this.#cancelRetry = undefined
    this.#failures = 0
    return waited
  }
}
