import type { ConnectionPurpose } from '../adapter/client-adapter.ts'
import { EndpointPool, type EndpointPoolOptions } from '../pool/endpoint-pool.ts'
import type { ManagedConnection } from './managed-connection.ts'
import { OpeningConnections, type OpeningOptions } from './opening-connections.ts'

export interface EndpointConnectionsOptions<TClient> extends OpeningOptions<TClient> {
  /** Whether connections should be kept ready at all. */
  readonly wanted: () => boolean
  /** A standby has become available. */
  readonly onReady: () => void
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
  readonly #opening: OpeningConnections<TClient>
  #standby: ManagedConnection<TClient> | undefined

  constructor(options: EndpointConnectionsOptions<TClient>) {
    this.#options = options
    this.#opening = new OpeningConnections(options, {
      max: 1,
      onConnected: (connection) => this.adopt(connection),
      onRetry: () => this.replenish(),
    })
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
    if (this.#standby?.isUsable() !== true && this.#options.wanted()) this.#opening.begin()
  }

  /** Ends the wait after a failed attempt: there is news that another one will do better. */
  retryNow(): void {
    this.pool.retryNow()
    if (!this.#opening.isWaiting) return
    this.#opening.endWait()
    this.replenish()
  }

  /**
   * Takes a connection as the standby; the older one goes, so that no standby grows old. False, and the connection is
   * destroyed, where none is wanted.
   */
  adopt(connection: ManagedConnection<TClient>): boolean {
    if (!connection.isUsable() || !this.#options.wanted()) {
      connection.destroy('it is not needed')
      return false
    }
    this.#standby?.destroy('a newer standby replaces it')
    this.#standby = connection
    this.#opening.endWait()
    this.#options.onReady()
    return true
  }

  /** Takes a connection as the standby although none is wanted yet: the endpoint is about to come up. */
  keep(connection: ManagedConnection<TClient>): void {
    this.#standby?.destroy('a newer standby replaces it')
    this.#standby = connection
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
    this.#opening.giveUp()
    this.#standby?.destroy(why)
    this.#standby = undefined
  }

  /** Destroys all of them at once; returns how many commands were in flight. */
  destroyAll(why: string): number {
    const abandoned = this.inFlight
    this.#opening.giveUp()
    this.pool.destroyAll(why)
    const doomed = [...this.#lent]
    this.#lent.clear()
    for (const connection of doomed) connection.destroy(why)
    this.#standby?.destroy(why)
    this.#standby = undefined
    return abandoned
  }
}
