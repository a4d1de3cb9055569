import type { ClientAdapter } from './adapter/client-adapter.ts'
import type { MessageHandler } from './adapter/subscriber-link.ts'
import type { EndpointConfig } from './endpoint/endpoint.ts'
import type { GroupSnapshot } from './endpoint/snapshot.ts'
import { GroupClosedError } from './errors.ts'
import type { EventName, FailoverEvent } from './events/event-map.ts'
import type { EventStream } from './events/event-stream.ts'
import { buildSnapshot } from './failover/build-snapshot.ts'
import { explainEndpoint } from './failover/explain.ts'
import { GroupEngine } from './failover/group-engine.ts'
import { type EndpointUpdate, Operator } from './failover/operator.ts'
import { StartPolicy } from './failover/start-policy.ts'
import type { FailoverGroupOptions } from './options/group-options.ts'
import { resolveOptions } from './options/resolve-options.ts'
import type { ExecuteFunction, ExecuteOptions } from './pool/execute.ts'
import type { Lease } from './pool/lease.ts'
import type { AcquireOptions } from './pool/lease-request.ts'
import type { Subscriber } from './pubsub/subscriber.ts'
import type { CommandRoute } from './routing/command-route.ts'
import type { RouteOptions } from './routing/route-ports.ts'
import type { Timer } from './runtime/clock.ts'

/** What an adapter adds to a group. */
export interface FailoverGroupHooks<TOptions> {
  /** Merges an endpoint's options over those of the whole group. Default: the endpoint's alone. */
  readonly mergeOptions?: (options: TOptions) => TOptions
}

/**
 * Owns the endpoints, watches their health, and decides which one serves. Adapters make it; applications use it to
 * listen, to look and to operate.
 *
 * @typeParam TClient the native client's type
 * @typeParam TOptions the native client's options
 */
export class FailoverGroup<TClient = unknown, TOptions = unknown> implements AsyncDisposable {
  readonly #engine: GroupEngine<TClient, TOptions>
  readonly #operator: Operator<TClient, TOptions>
  readonly #startPolicy: StartPolicy<TOptions>
  #lifecycle: GroupSnapshot['lifecycle'] = 'idle'
  #hold: Timer | undefined
  #held = true
  #closing: Promise<void> | undefined

  /** @throws ConfigurationError naming the field, its value and what is allowed; nothing has been started then */
  constructor(
    adapter: ClientAdapter<TClient, TOptions>,
    options: FailoverGroupOptions<TOptions>,
    hooks: FailoverGroupHooks<TOptions> = {},
  ) {
    const mergeOptions = hooks.mergeOptions ?? ((own: TOptions) => own)
    const resolved = resolveOptions(options)
    const endpoints = resolved.endpoints.map((endpoint) => ({ ...endpoint, options: mergeOptions(endpoint.options) }))
    const engine = new GroupEngine<TClient, TOptions>(adapter, { ...resolved, endpoints })
    this.#engine = engine
    this.#operator = new Operator<TClient, TOptions>({
      state: engine.state,
      controller: engine.controller,
      bus: engine.bus,
      retiring: engine.retiring,
      members: engine.members,
      makeMember: (config) => engine.addMember(config),
      isStarted: () => this.#lifecycle === 'started',
      onServersChanged: () => engine.primaries.review(),
      mergeOptions,
    })
    this.#startPolicy = new StartPolicy({
      state: engine.state,
      bus: engine.bus,
      timers: engine.timers,
      causes: () => engine.causes(),
    })
  }

  get name(): string {
    return this.#engine.options.name
  }

  /** The id of the endpoint in use; `undefined` before the first choice, or when the last endpoint was removed. */
  get active(): string | undefined {
    return this.#engine.state.activeId
  }

  get lifecycle(): GroupSnapshot['lifecycle'] {
    return this.#lifecycle
  }

  /**
   * Starts watching the endpoints. Resolves when the start policy is met (by default: one endpoint is up and chosen).
   * Calling it again waits for the same. A start that fails does not end the group: it goes on looking until `close()`.
   *
   * @throws StartFailedError when the policy is not met within `start.timeout`, GroupClosedError after `close()`
   */
  async start(): Promise<void> {
    if (this.#lifecycle === 'closed') throw this.#closedError()
    if (this.#lifecycle === 'idle') {
      this.#lifecycle = 'started'
      if (this.#held) this.#hold = this.#engine.options.clock.keepAlive()
      this.#engine.start()
    }
    await this.#startPolicy.met()
  }

  /** Ends everything: waits up to `drainTimeout` ms for commands in flight and leases, then destroys. Idempotent; never rejects. */
  close({ drainTimeout = this.#engine.options.drainTimeout }: { drainTimeout?: number } = {}): Promise<void> {
    this.#closing ??= this.#close(drainTimeout)
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Lets the process exit although the group is open. */
  unref(): this {
    this.#held = false
    this.#hold?.cancel()
    this.#hold = undefined
    this.#engine.connector.hold(false)
    return this
  }

  /** Undoes `unref()`. */
  ref(): this {
    this.#held = true
    if (this.#lifecycle === 'started') this.#hold ??= this.#engine.options.clock.keepAlive()
    this.#engine.connector.hold(true)
    return this
  }

  /**
   * Lends a native client, connected, of the endpoint that commands go to now, or of the one that is wished for; until it
   * is released, nobody else has it. Starts the group if nothing has. Never repeated: what fails on the client is yours.
   *
   * ```ts
   * await using lease = await group.acquire()
   * await lease.client.get('k')
   * ```
   *
   * @throws NoEndpointAvailableError, PoolExhaustedError, CommandAbortedError, GroupClosedError, ConfigurationError
   */
  acquire(options?: AcquireOptions): Promise<Lease<TClient>> {
    this.#startIfIdle()
    return this.#engine.leasing.desk.acquire(options)
  }

  /**
   * Runs `fn` with a leased native client, which it must not keep. It is run again, by the rules of retries, only with
   * `idempotent: true`; what fails before `fn` is called is waited out in any case. Starts the group if nothing has.
   *
   * @throws what `acquire()` throws and what `fn` throws; AmbiguousResultError when the connection was lost while a `fn`
   * ran that is not idempotent; CommandTimeoutError when it was still running after `timeout`
   */
  execute<T>(fn: ExecuteFunction<TClient, T>, options?: ExecuteOptions): Promise<T> {
    this.#startIfIdle()
    return this.#engine.leasing.executor.run(fn, options)
  }

  on<N extends EventName>(name: N, listener: (event: FailoverEvent<N>) => void): this {
    this.#engine.bus.on(name, listener)
    return this
  }

  once<N extends EventName>(name: N, listener: (event: FailoverEvent<N>) => void): this {
    this.#engine.bus.once(name, listener)
    return this
  }

  off<N extends EventName>(name: N, listener: (event: FailoverEvent<N>) => void): this {
    this.#engine.bus.off(name, listener)
    return this
  }

  /** All events from now on: `for await (const event of group.events())`. Ends when the group is closed. */
  events(): EventStream {
    return this.#engine.bus.stream()
  }

  /** The latest events, oldest first, without those that come with every probe or command. */
  history(): readonly FailoverEvent[] {
    return this.#engine.bus.history()
  }

  /** Adds an endpoint, and has it probed at once if the group is started. */
  async add(config: EndpointConfig<TOptions>): Promise<void> {
    this.#refuseClosed()
    await this.#operator.add(config)
  }

  /** Removes an endpoint, after moving away from it and waiting up to `drainTimeout` ms for what is in flight. */
  async remove(
    id: string,
    { drainTimeout = this.#engine.options.drainTimeout }: { drainTimeout?: number } = {},
  ): Promise<void> {
    this.#refuseClosed()
    await this.#operator.remove(id, drainTimeout)
  }

  /** Changes an endpoint's weight, zone, tags or options. New options mean new connections; what is in flight finishes. */
  async update(id: string, change: EndpointUpdate<TOptions>): Promise<void> {
    this.#refuseClosed()
    await this.#operator.update(id, change)
  }

  /** Sends no new commands to an endpoint, and resolves when what is in flight has finished, or `drainTimeout` ms passed. */
  async drain(
    id: string,
    { drainTimeout = this.#engine.options.drainTimeout }: { drainTimeout?: number } = {},
  ): Promise<void> {
    this.#refuseClosed()
    await this.#operator.drain(id, drainTimeout)
  }

  /** Takes a drained endpoint into service again. */
  async resume(id: string): Promise<void> {
    this.#refuseClosed()
    await this.#operator.resume(id)
  }

  /**
   * Moves to an endpoint after probing it, and pins it (unless `pin` is false): no voluntary move happens until
   * `unpin()`, or until it fails. With `force` neither probe nor eligibility count; an endpoint that is DOWN is left
   * again at once all the same.
   *
   * @throws SwitchRefusedError when it is not fit
   */
  async switchTo(id: string, options: { pin?: boolean; force?: boolean } = {}): Promise<void> {
    this.#refuseClosed()
    await this.#operator.switchTo(id, options)
  }

  /** Allows voluntary moves again. */
  unpin(): void {
    this.#engine.controller.unpin('operator')
  }

  /**
   * Moves back to the preferred endpoint now, without waiting for its grace; for `failback.mode` "manual".
   *
   * @throws SwitchRefusedError with mode "never", or when the preferred endpoint is not fit
   */
  async failback(): Promise<void> {
    this.#refuseClosed()
    await this.#operator.failback()
  }

  /** Everything at this moment, frozen. */
  snapshot(): GroupSnapshot {
    return buildSnapshot(this.#engine, this.#lifecycle)
  }

  /** Why an endpoint is or is not eligible, in words. @throws UnknownEndpointError */
  explain(id: string): string {
    const { state, timers } = this.#engine
    return explainEndpoint(state.view(), state.viewOf(state.get(id)), timers.clock.now())
  }

  /** For adapters: the way of one more transparent client. @throws ConfigurationError, GroupClosedError */
  createRoute(options?: RouteOptions): CommandRoute<TClient> {
    this.#refuseClosed()
    return this.#engine.createRoute(options)
  }

  /** For adapters: the subscriptions of one more transparent client, which closes them before its route. */
  createSubscriber(onMessage: MessageHandler, options: RouteOptions = {}): Subscriber<TClient> {
    return this.#engine.createSubscriber(onMessage, options, () => this.#refuseClosed())
  }

  /** For adapters: a client was closed. The group ends with its last one. */
  async closeRoute(route: CommandRoute<TClient>, { graceful }: { graceful: boolean }): Promise<void> {
    const { routes } = this.#engine
    if (!routes.delete(route)) return
    route.close(graceful)
    if (routes.size === 0) await this.close(graceful ? {} : { drainTimeout: 0 })
  }

  async #close(drainTimeout: number): Promise<void> {
    this.#lifecycle = 'closed'
    this.#startPolicy.abandon(() => this.#closedError())
    await this.#engine.close(drainTimeout)
    this.#hold?.cancel()
  }

  // Where the start fails, each call says why it had to.
  #startIfIdle(): void {
    if (this.#lifecycle === 'idle') this.start().catch(() => {})
  }

  #refuseClosed(): void {
    if (this.#lifecycle === 'closed') throw this.#closedError()
  }

  #closedError(): GroupClosedError {
    return new GroupClosedError(this.name)
  }
}
