import type { ManagedConnection } from './managed-connection.ts'

/** How connections of one kind are opened. */
export interface OpeningOptions<TClient> {
  readonly open: () => Promise<ManagedConnection<TClient>>
  /** Opening one has failed: evidence about the endpoint. */
  readonly onOpenFailed: (error: unknown) => void
  readonly onOpened: () => void
  /** Calls back after a wait that grows with `failures`; returns how to call it off. */
  readonly retryLater: (failures: number, callback: () => void) => () => void
}

export interface OpeningPorts<TClient> {
  /** At once, at the most. */
  readonly max: number
  /** Takes the connection. Returns whether it is of use: then earlier failures are forgotten. */
  readonly onConnected: (connection: ManagedConnection<TClient>) => boolean
  /** Another connect may be tried now. */
  readonly onRetry: () => void
}

/** Connections being opened: a few at once at the most, and after a failure none until a wait that grows is over. */
export class OpeningConnections<TClient> {
  readonly #options: OpeningOptions<TClient>
  readonly #ports: OpeningPorts<TClient>
  /** Those under way. One that was given up is another's business. */
  readonly #attempts = new Set<object>()
  #failures = 0
  #cancelRetry: (() => void) | undefined
  #lastError: unknown

  constructor(options: OpeningOptions<TClient>, ports: OpeningPorts<TClient>) {
    this.#options = options
    this.#ports = ports
  }

  get size(): number {
    return this.#attempts.size
  }

  /** Whether the wait after a failure lasts. */
  get isWaiting(): boolean {
    return this.#cancelRetry !== undefined
  }

  /** Why the latest connect failed; `undefined` when it succeeded. */
  get lastError(): unknown {
    return this.#lastError
  }

  /** Begins a connect; false when none may begin now. */
  begin(): boolean {
    if (this.#attempts.size >= this.#ports.max || this.isWaiting) return false
    const { open, onOpened, onOpenFailed, retryLater } = this.#options
    const attempt = {}
    this.#attempts.add(attempt)
    open().then(
      (connection) => {
        if (!this.#attempts.delete(attempt)) return connection.destroy('it is not needed')
        this.#lastError = undefined
        if (this.#ports.onConnected(connection)) this.#failures = 0
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

  /** Forgets earlier failures, and ends the wait because of them. */
  endWait(): void {
    this.#cancelRetry?.()
    this.#cancelRetry = undefined
    this.#failures = 0
  }
}
