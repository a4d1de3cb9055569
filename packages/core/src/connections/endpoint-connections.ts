import type { ManagedConnection } from './managed-connection.ts'

export interface EndpointConnectionsOptions<TClient> {
  /** Opens a connection for the application. */
  readonly open: () => Promise<ManagedConnection<TClient>>
  /** Opening one failed: evidence about the endpoint. */
  readonly onOpenFailed: (error: unknown) => void
  /** Whether connections should be kept ready at all. */
  readonly wanted: () => boolean
  /** A standby has become available. */
  readonly onReady: () => void
  /** Calls back after a wait that grows with `failures`; returns how to call it off. */
  readonly retryLater: (failures: number, callback: () => void) => () => void
}

/**
 * The application's connections to one endpoint: those that are lent out, and one warm, authenticated connection on
 * standby, so that a switch costs no handshake.
 */
export class EndpointConnections<TClient> {
  readonly #options: EndpointConnectionsOptions<TClient>
  readonly #lent = new Set<ManagedConnection<TClient>>()
  #standby: ManagedConnection<TClient> | undefined
  #opening = false
  #failures = 0
  #cancelRetry = (): void => {}

  constructor(options: EndpointConnectionsOptions<TClient>) {
    this.#options = options
  }

  get standby(): ManagedConnection<TClient> | undefined {
    return this.#standby
  }

  get lent(): ReadonlySet<ManagedConnection<TClient>> {
    return this.#lent
  }

  /** Commands in flight on all of them. */
  get inFlight(): number {
    let total = 0
    for (const connection of this.#lent) total += connection.inFlight
    return total
  }

  /** Hands out the standby, and has another made; `undefined` when none is ready: `onReady` tells when one is. */
  take(): ManagedConnection<TClient> | undefined {
    // While a loss is being confirmed, the standby may be as dead as what was lost.
    if (!this.#options.wanted()) return undefined
    const connection = this.#standby
    this.#standby = undefined
    this.replenish()
    if (connection === undefined || !connection.isUsable()) return undefined
    connection.purpose = 'data'
    this.#lent.add(connection)
    return connection
  }

  /** Makes a standby if there is none and one is wanted. */
  replenish(): void {
    if (this.#standby?.isUsable() === true || this.#opening || !this.#options.wanted()) return
    this.#cancelRetry()
    this.#opening = true
    this.#options.open().then(
      (connection) => {
        this.#opening = false
        this.#failures = 0
        this.adopt(connection)
      },
      (error: unknown) => {
        this.#opening = false
        this.#cancelRetry = this.#options.retryLater(this.#failures++, () => this.replenish())
        this.#options.onOpenFailed(error)
      },
    )
  }

  /** Takes a connection that was opened otherwise as the standby; the older one goes, so that no standby grows old. */
  adopt(connection: ManagedConnection<TClient>): void {
    if (!connection.isUsable() || !this.#options.wanted()) {
      connection.destroy('it is not needed')
      return
    }
    this.#standby?.destroy('a newer standby replaces it')
    this.#standby = connection
    this.#failures = 0
    this.#options.onReady()
  }

  /** Gives a lent connection back for good. */
  release(connection: ManagedConnection<TClient>, why: string): void {
    this.#lent.delete(connection)
    connection.destroy(why)
  }

  /** Forgets a connection that was lost. */
  forget(connection: ManagedConnection<TClient>): void {
    this.#lent.delete(connection)
    if (this.#standby === connection) this.#standby = undefined
  }

  /** Ends the standby, because it was made under options that no longer hold. */
  dropStandby(why: string): void {
    this.#standby?.destroy(why)
    this.#standby = undefined
  }

  /** Destroys all of them at once; returns how many commands were in flight. */
  destroyAll(why: string): number {
    const abandoned = this.inFlight
    this.#cancelRetry()
    this.#failures = 0
    const doomed = [...this.#lent]
    this.#lent.clear()
    for (const connection of doomed) connection.destroy(why)
    this.#standby?.destroy(why)
    this.#standby = undefined
    return abandoned
  }
}
