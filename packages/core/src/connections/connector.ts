import type { AdapterConnection, ClientAdapter, ConnectionPurpose } from '../adapter/client-adapter.ts'
import { hideSecrets } from '../adapter/hide-secrets.ts'
import { ConnectionLostError, ConnectTimeoutError } from '../errors.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { StallDetector } from '../runtime/stall-detector.ts'
import type { TimerScope } from '../runtime/timer-scope.ts'
import { ConnectLimiter } from './connect-limiter.ts'
import { type ConnectionOwner, ManagedConnection } from './managed-connection.ts'

/** Where a connection goes to. */
export interface ConnectTarget<TOptions> {
  readonly endpointId: string
  readonly options: TOptions
  readonly generation: number
  readonly connectTimeout: number
}

export interface ConnectRequest {
  readonly purpose: ConnectionPurpose
  /** Milliseconds for connecting and its handshake; defaults to the endpoint's `connectTimeout`. */
  readonly timeout?: number
  /** Goes before other connects that wait for their turn. */
  readonly urgent?: boolean
}

export interface ConnectorOptions<TClient, TOptions> {
  readonly adapter: ClientAdapter<TClient, TOptions>
  readonly bus: EventBus
  readonly timers: TimerScope
  readonly stalls: StallDetector
  /** Called once for each established connection that is lost, never for one that we destroyed. */
  readonly onLost: (connection: ManagedConnection<TClient>, error: unknown) => void
  /** Called when a command was not answered within its time. */
  readonly onTimeout: (connection: ManagedConnection<TClient>) => void
  /** Called when a connection carries commands again after it had none in flight. */
  readonly onBusy: (connection: ManagedConnection<TClient>) => void
}

/** Opens connections: with a deadline that covers the handshake, and never more than two at once to one endpoint. */
export class Connector<TClient, TOptions> {
  readonly #options: ConnectorOptions<TClient, TOptions>
  readonly #owner: ConnectionOwner<TClient>
  readonly #limiters = new Map<string, ConnectLimiter>()
  readonly #open = new Set<ManagedConnection<TClient>>()
  readonly #connecting = new Set<{ endpointId: string; abandon: (why: string) => void }>()
  #nextId = 1
  #held = true
  #closed = false

  constructor(options: ConnectorOptions<TClient, TOptions>) {
    this.#options = options
    this.#owner = {
      onDestroyed: (connection, why) => this.#ended(connection, why),
      onLost: (connection, error) => this.#lost(connection, error),
      onTimeout: options.onTimeout,
      onBusy: options.onBusy,
    }
  }

  /** Every connection that is open now. */
  get open(): ReadonlySet<ManagedConnection<TClient>> {
    return this.#open
  }

  /** @throws ConnectTimeoutError, ConnectionLostError when given up meanwhile, or the client's own error */
  async connect(target: ConnectTarget<TOptions>, request: ConnectRequest): Promise<ManagedConnection<TClient>> {
    if (this.#closed) throw new ConnectionLostError(target.endpointId, 'the group is closed')
    const pending = { endpointId: target.endpointId, abandon: (_why: string): void => {} }
    const abandoned = new Promise<never>((_resolve, reject) => {
      pending.abandon = (why) => reject(new ConnectionLostError(target.endpointId, why))
    })
    abandoned.catch(() => {})
    this.#connecting.add(pending)
    const limiter = this.#limiter(target.endpointId)
    const entering = limiter.enter(request.urgent === true)
    try {
      const leave = await Promise.race([entering, abandoned])
      try {
        return await this.#establish(target, request, abandoned)
      } finally {
        leave()
      }
    } catch (error) {
      // Given up while queueing: the place is passed on when its turn comes.
      entering.then((leave) => leave()).catch(() => {})
      throw error
    } finally {
      this.#connecting.delete(pending)
      if (limiter.running === 0) this.#limiters.delete(target.endpointId)
    }
  }

  /** Gives up connects that are under way to the endpoint. */
  abandon(endpointId: string, why: string): void {
    for (const pending of this.#connecting) if (pending.endpointId === endpointId) pending.abandon(why)
  }

  /** Whether open connections keep the process alive. */
  hold(held: boolean): void {
    this.#held = held
    for (const connection of this.#open) connection.hold(held)
  }

  close(why: string): void {
    this.#closed = true
    for (const pending of this.#connecting) pending.abandon(why)
    for (const connection of [...this.#open]) connection.destroy(why)
  }

  async #establish(
    target: ConnectTarget<TOptions>,
    request: ConnectRequest,
    abandoned: Promise<never>,
  ): Promise<ManagedConnection<TClient>> {
    const { adapter, timers } = this.#options
    const { endpointId } = target
    const timeoutMs = request.timeout ?? target.connectTimeout
    const startedAt = timers.clock.now()
    let managed: ManagedConnection<TClient> | undefined
    let lostEarly: { error: unknown } | undefined
    const native: AdapterConnection<TClient> = adapter.createConnection({
      endpointId,
      options: target.options,
      purpose: request.purpose,
      connectTimeout: timeoutMs,
      onLost: (error) => {
        if (managed === undefined) lostEarly = { error }
        else this.#lost(managed, error)
      },
    })
    const deadline = this.#deadline(endpointId, timeoutMs)
    try {
      await Promise.race([native.connect(), deadline.expired, abandoned])
      if (lostEarly !== undefined) throw lostEarly.error
    } catch (error) {
      native.destroy()
      throw hideSecrets(error, [])
    } finally {
      deadline.cancel()
    }
    const facts = { id: this.#nextId++, endpointId, generation: target.generation, purpose: request.purpose }
    managed = new ManagedConnection(facts, native, this.#owner)
    if (!this.#held) managed.hold(false)
    this.#open.add(managed)
    this.#options.bus.emit('connection-opened', {
      endpointId,
      connectionId: managed.id,
      purpose: managed.purpose,
      connectMs: timers.clock.now() - startedAt,
    })
    return managed
  }

  #deadline(endpointId: string, timeoutMs: number): { expired: Promise<never>; cancel: () => void } {
    let cancel = (): void => {}
    const expired = new Promise<never>((_resolve, reject) => {
      // A window, not a plain deadline: a handshake that our own stall held up says nothing about the endpoint.
      cancel = this.#options.stalls.setWindow(timeoutMs, () =>
        reject(new ConnectTimeoutError(endpointId, timeoutMs)),
      ).cancel
    })
    return { expired, cancel }
  }

  #lost(connection: ManagedConnection<TClient>, error: unknown): void {
    if (!connection.alive) return
    connection.alive = false
    this.#ended(connection, this.#options.adapter.classifyError(error).evidence.message)
    // The native client is told too, so that nothing of it stays behind.
    connection.destroy('it was lost')
    this.#options.onLost(connection, error)
  }

  #ended(connection: ManagedConnection<TClient>, why: string): void {
    if (!this.#open.delete(connection)) return
    this.#options.bus.emit('connection-closed', {
      endpointId: connection.endpointId,
      connectionId: connection.id,
      purpose: connection.purpose,
      why,
    })
  }

  #limiter(endpointId: string): ConnectLimiter {
    let limiter = this.#limiters.get(endpointId)
    if (limiter === undefined) {
      limiter = new ConnectLimiter()
      this.#limiters.set(endpointId, limiter)
    }
    return limiter
  }
}
