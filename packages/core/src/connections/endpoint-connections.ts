import type { ConnectionPurpose } from '../adapter/client-adapter.ts'
import { EndpointPool, type EndpointPoolOptions } from '../pool/endpoint-pool.ts'
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
  /** Opening one has succeeded. */
  readonly onOpened: () => void
  /** Calls back after a wait that grows with `failures`; returns how to call it off. */
  readonly retryLater: (failures: number, callback: () => void) => () => void
  readonly pool: EndpointPoolOptions<TClient>
}

/**
 * The application's connections to one endpoint: those that are lent out, one warm, authenticated connection on
 * standby, so that a switch costs no handshake, and the pool that leases come from.
 */
export class EndpointConnections<TClient> {
  readonly pool: EndpointPool<TClient>
  readonly #options: EndpointConnectionsOptions<TClient>
  readonly #lent = new Set<ManagedConnection<TClient>>()
  #standby: ManagedConnection<TClient> | undefined
  /** The attempt to open a standby that is under way; one that was given up is another's business. */
  #opening: object | undefined
  #failures = 0
  /** Calls off the next attempt, while the wait after a failed one lasts. */
  #cancelRetry: (() => void) | undefined

  constructor(options: EndpointConnectionsOptions<TClient>) {
    this.#options = options
    this.pool = new EndpointPool(options.pool)
  }

  get standby(): ManagedConnection<TClient> | undefined {
    return this.#standby
  }

  get lent(): ReadonlySet<ManagedConnection<TClient>> {
    return this.#lent
  }

  /** Commands in flight on all of them; a lease counts as one. */
  get inFlight(): number {
    let total = this.pool.lent
    for (const connection of this.#lent) total += connection.inFlight
    return total
  }

  /** When anything last arrived on those that are open. */
  get progressAt(): number {
    let latest = -Infinity
    for (const connection of this.#lent) if (connection.alive) latest = Math.max(latest, connection.progressAt)
    return latest
  }

  /** Hands out the standby, and has another made; `undefined` when none is ready: `onReady` tells when one is. */
  take(): ManagedConnection<TClient> | undefined {
    // While a loss is being confirmed, the standby may be as dead as what was lost.
    if (!this.#options.wanted()) return undefined
    const connection = this.#standby
    this.#standby = undefined
    this.replenish()
    if (connection?.isUsable() !== true) {
      connection?.destroy('it takes no more commands')
      return undefined
    }
    connection.purpose = 'data'
    this.#lent.add(connection)
    return connection
  }

  /** Hands the standby over for another purpose: it is not ours any more. */
  giveAway(purpose: ConnectionPurpose): ManagedConnection<TClient> | undefined {
    const connection = this.#standby
    if (connection?.isUsable() !== true) return undefined
    this.#standby = undefined
    connection.purpose = purpose
    return connection
  }

  /** Makes a standby if there is none, one is wanted, and the wait after a failed attempt is over. */
  replenish(): void {
    if (this.#standby?.isUsable() === true || this.#opening !== undefined || this.#cancelRetry !== undefined) return
    if (!this.#options.wanted()) return
    const attempt = {}
    this.#opening = attempt
    this.#options.open().then(
      (connection) => {
        if (this.#opening !== attempt) return connection.destroy('it is not needed')
        this.#opening = undefined
        this.adopt(connection)
        this.#options.onOpened()
      },
      (error: unknown) => {
        // Given up by us: no failure of the endpoint.
        if (this.#opening !== attempt) return
        this.#opening = undefined
        this.#cancelRetry = this.#options.retryLater(this.#failures++, () => {
          this.#cancelRetry = undefined
          this.replenish()
        })
        this.#options.onOpenFailed(error)
      },
    )
  }

  /** Ends the wait after a failed attempt: there is news that another one will do better. */
  retryNow(): void {
    this.pool.retryNow()
    if (this.#cancelRetry === undefined) return
    this.#resetRetry()
    this.replenish()
  }

  /** Takes a connection that was opened otherwise as the standby; the older one goes, so that no standby grows old. */
  adopt(connection: ManagedConnection<TClient>): void {
    if (!connection.isUsable() || !this.#options.wanted()) {
      connection.destroy('it is not needed')
      return
    }
    this.#standby?.destroy('a newer standby replaces it')
    this.#standby = connection
    this.#resetRetry()
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
    this.pool.forget(connection)
  }

  /** Ends the standby and the pool's connections, because they were made under options that no longer hold. */
  dropStandby(why: string): void {
    this.pool.retire(why)
    this.#opening = undefined
    this.#resetRetry()
    this.#standby?.destroy(why)
    this.#standby = undefined
  }

  /** Destroys all of them at once; returns how many commands were in flight. */
  destroyAll(why: string): number {
    const abandoned = this.inFlight
    this.#opening = undefined
    this.#resetRetry()
    this.pool.destroyAll(why)
    const doomed = [...this.#lent]
    this.#lent.clear()
    for (const connection of doomed) connection.destroy(why)
    this.#standby?.destroy(why)
    this.#standby = undefined
    return abandoned
  }

  #resetRetry(): void {
    this.#cancelRetry?.()
    this.#cancelRetry = undefined
    this.#failures = 0
  }
}
