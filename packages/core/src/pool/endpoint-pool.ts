import { MAX_CONCURRENT_CONNECTS } from '../connections/connect-limiter.ts'
import type { ManagedConnection } from '../connections/managed-connection.ts'
import { OpeningConnections, type OpeningOptions } from '../connections/opening-connections.ts'
import type { PoolSettings } from '../options/pool-options.ts'
import type { TimerScope } from '../runtime/timer-scope.ts'
import { IdleConnections } from './idle-connections.ts'
import type { LeaseOwner } from './lease.ts'
import type { PoolCounts, PooledConnection } from './pooled-connection.ts'
import { validateConnection } from './validate-connection.ts'

/** Who wants the connections of the pools. */
export interface PoolCustomers {
  /** How many wait for a connection to the endpoint. */
  readonly waitingFor: (endpointId: string) => number
  /** A connection to the endpoint may be taken: lends it to whoever is next. */
  readonly serve: (endpointId: string) => void
}

export interface EndpointPoolOptions<TClient> extends OpeningOptions<TClient> {
  readonly endpointId: string
  readonly settings: PoolSettings
  readonly timers: TimerScope
  readonly customers: PoolCustomers
  /** How long holders may go on when their endpoint was left alive, in milliseconds. */
  readonly drainTimeout: number
  /** The endpoint lives, is in service, and no loss is being confirmed. */
  readonly canLend: () => boolean
  /** The endpoint is up, so that `min` connections are wanted. */
  readonly isUp: () => boolean
  readonly inService: () => boolean
  /** What is older than this is not lent any more. */
  readonly generation: () => number
  /** Milliseconds that a connection has for its PING. */
  readonly validationTimeout: () => number
  /** Whether an error shows that the server answered. */
  readonly isAnswer: (error: unknown) => boolean
  /** A connection did not answer its PING in time. */
  readonly onSilent: () => void
}

/**
 * The connections to one endpoint that are lent to one holder at a time. Never more than `max`, never more than two
 * connecting at once, and none that the endpoint's health has overtaken.
 */
export class EndpointPool<TClient> implements LeaseOwner<TClient> {
  readonly #options: EndpointPoolOptions<TClient>
  readonly #entries = new Map<ManagedConnection<TClient>, PooledConnection<TClient>>()
  readonly #idle: IdleConnections<TClient>
  readonly #connects: OpeningConnections<TClient>
  #lent = 0
  #validating = 0

  constructor(options: EndpointPoolOptions<TClient>) {
    this.#options = options
    this.#connects = new OpeningConnections(options, {
      max: MAX_CONCURRENT_CONNECTS,
      onConnected: (connection) => this.#adopt(connection),
      onRetry: () => this.replenish(),
    })
    this.#idle = new IdleConnections({
      timers: options.timers,
      timeoutMs: options.settings.idleTimeout,
      mayClose: () => this.#size > options.settings.min,
      close: (entry) => this.#destroy(entry, `it was idle for ${options.settings.idleTimeout} ms`),
    })
  }

  get endpointId(): string {
    return this.#options.endpointId
  }

  get lent(): number {
    return this.#lent
  }

  get counts(): PoolCounts {
    return { open: this.#entries.size, idle: this.#idle.size, lent: this.#lent }
  }

  /** Nothing is idle, and nothing more may be opened. */
  get isExhausted(): boolean {
    return this.#lent >= this.#options.settings.max
  }

  /** Why the latest connect failed; `undefined` when it succeeded. */
  get lastError(): unknown {
    return this.#connects.lastError
  }

  /** Milliseconds since the oldest lease began. */
  longestLentMs(now: number): number {
    let oldest = now
    for (const entry of this.#entries.values()) if (entry.state === 'lent') oldest = Math.min(oldest, entry.lentAt)
    return now - oldest
  }

  /** Lends an idle connection that is known to work; `undefined` where there is none: `replenish()` sees to one. */
  take(now: number, followsActive: boolean): PooledConnection<TClient> | undefined {
    if (!this.#options.canLend()) return undefined
    for (let entry = this.#idle.newest; entry !== undefined; entry = this.#idle.newest) {
      if (!this.#isFit(entry)) {
        this.#destroy(entry, 'it takes no more commands')
        continue
      }
      // The one that was used last: where it has to be validated, so have all.
      if (this.#needsValidation(entry, now)) return undefined
      this.#idle.take()
      entry.state = 'lent'
      entry.lentAt = now
      entry.leases++
      entry.followsActive = followsActive
      this.#lent++
      return entry
    }
    return undefined
  }

  /** Takes a lent connection back. */
  readonly giveBack = (entry: PooledConnection<TClient>): void => {
    if (!this.#endLease(entry)) return
    if (!this.#isFit(entry) || !this.#options.inService() || !entry.connection.isReusable())
      this.#destroy(entry, 'it was given back, and is not fit for another holder')
    else this.#makeIdle(entry)
    this.#options.customers.serve(this.endpointId)
    this.replenish()
  }

  /** Ends a lent connection. */
  readonly discard = (entry: PooledConnection<TClient>, why: string): void => {
    if (!this.#endLease(entry)) return
    this.#destroy(entry, why)
    this.replenish()
  }

  /** Validates and opens what is waited for, and what `min` asks for. */
  replenish(): void {
    const { customers, canLend, isUp, settings } = this.#options
    if (!canLend()) return
    const missing = (): number => customers.waitingFor(this.endpointId) - this.#validating - this.#connects.size
    while (missing() > 0) {
      const idle = this.#idle.take()
      if (idle !== undefined) this.#validate(idle)
      else if (!this.#open()) break
    }
    while (isUp() && this.#size < settings.min) if (!this.#open()) break
  }

  /** Ends the wait after a failed connect: there is news that another one will do better. */
  retryNow(): void {
    const wasWaiting = this.#connects.isWaiting
    this.#connects.endWait()
    if (wasWaiting) this.replenish()
  }

  /** Forgets a connection that was lost. */
  forget(connection: ManagedConnection<TClient>): void {
    const entry = this.#entries.get(connection)
    if (entry !== undefined) this.#remove(entry)
  }

  /** The endpoint was left alive: whoever holds a connection because it was the active one may finish. */
  leave(isActive: () => boolean): void {
    this.#endLater('its endpoint is not the active one any more', (entry) => entry.followsActive, isActive)
  }

  /** Ends what was made under options that no longer hold; holders may finish. */
  retire(why: string): void {
    this.#connects.giveUp()
    for (const entry of [...this.#entries.values()]) if (entry.state !== 'lent') this.#destroy(entry, why)
    this.#endLater(
      why,
      () => true,
      () => false,
    )
  }

  /** Destroys all of them at once; returns how many were lent. */
  destroyAll(why: string): number {
    this.#connects.giveUp()
    const abandoned = this.#lent
    for (const entry of [...this.#entries.values()]) this.#destroy(entry, why)
    return abandoned
  }

  /** Connections that there are or will be. */
  get #size(): number {
    return this.#entries.size + this.#connects.size
  }

  #isFit({ connection }: PooledConnection<TClient>): boolean {
    return connection.generation === this.#options.generation() && connection.isUsable()
  }

  #needsValidation(entry: PooledConnection<TClient>, now: number): boolean {
    return now - entry.knownGoodAt >= this.#options.settings.validateAfter
  }

  #open(): boolean {
    return this.#size < this.#options.settings.max && this.#connects.begin()
  }

  #adopt(connection: ManagedConnection<TClient>): boolean {
    const entry: PooledConnection<TClient> = {
      connection,
      owner: this,
      state: 'idle',
      knownGoodAt: 0,
      lentAt: 0,
      leases: 0,
      followsActive: false,
    }
    this.#entries.set(connection, entry)
    this.#offer(entry)
    return true
  }

  #validate(entry: PooledConnection<TClient>): void {
    const { timers, validationTimeout, isAnswer, onSilent } = this.#options
    const timeoutMs = validationTimeout()
    entry.state = 'validating'
    this.#validating++
    const onEnd = (result: 'good' | 'bad' | 'silent'): void => {
      // Lost or destroyed meanwhile.
      if (entry.state !== 'validating') return
      this.#validating--
      entry.state = 'idle'
      if (result === 'good') return this.#offer(entry)
      this.#destroy(entry, `after idling it did not answer PING${result === 'silent' ? ` within ${timeoutMs} ms` : ''}`)
      this.replenish()
      if (result === 'silent') onSilent()
    }
    validateConnection(entry.connection, { timers, timeoutMs, isAnswer, onEnd })
  }

  /** The connection has just shown that it works: whoever is next gets it, or it becomes idle. */
  #offer(entry: PooledConnection<TClient>): void {
    const { timers, customers } = this.#options
    if (!this.#isFit(entry)) {
      this.#destroy(entry, 'it was overtaken by a change of its endpoint')
    } else {
      this.#makeIdle(entry)
      // However short `validateAfter` is, it is not validated twice for one holder.
      entry.knownGoodAt = Infinity
      customers.serve(this.endpointId)
      entry.knownGoodAt = timers.clock.now()
    }
    this.replenish()
  }

  #makeIdle(entry: PooledConnection<TClient>): void {
    entry.state = 'idle'
    entry.knownGoodAt = this.#options.timers.clock.now()
    this.#idle.add(entry)
  }

  #endLease(entry: PooledConnection<TClient>): boolean {
    // Lost or destroyed meanwhile: there is nothing to give back.
    if (entry.state !== 'lent' || !this.#entries.has(entry.connection)) return false
    entry.state = 'idle'
    this.#lent--
    return true
  }

  #endLater(why: string, concerns: (entry: PooledConnection<TClient>) => boolean, isSpared: () => boolean): void {
    const { timers, drainTimeout, inService } = this.#options
    const held = [...this.#entries.values()].filter((entry) => entry.state === 'lent' && concerns(entry))
    if (held.length === 0) return
    const leases = held.map((entry) => entry.leases)
    const end = (): void => {
      const overdue = held.filter((entry, at) => entry.state === 'lent' && entry.leases === leases[at])
      if (overdue.length === 0 || isSpared()) return
      // While it is drained, that says how long they have.
      if (!inService()) timers.set(Math.max(drainTimeout, 1), end)
      else for (const entry of overdue) this.discard(entry, `${why}, and its time was up`)
    }
    if (drainTimeout === 0) end()
    else timers.set(drainTimeout, end)
  }

  #remove(entry: PooledConnection<TClient>): void {
    this.#entries.delete(entry.connection)
    if (entry.state === 'lent') this.#lent--
    else if (entry.state === 'validating') this.#validating--
    else this.#idle.remove(entry)
    entry.state = 'idle'
  }

  #destroy(entry: PooledConnection<TClient>, why: string): void {
    this.#remove(entry)
    entry.connection.destroy(why)
  }
}
