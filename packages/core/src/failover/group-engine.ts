import type { ClientAdapter } from '../adapter/client-adapter.ts'
import type { MessageHandler } from '../adapter/subscriber-link.ts'
import { Connector } from '../connections/connector.ts'
import { EndpointMember } from '../connections/endpoint-member.ts'
import { LentConnections } from '../connections/lent-connections.ts'
import type { MemberEnvironment } from '../connections/member-environment.ts'
import { ProgressWatch } from '../connections/progress-watch.ts'
import { RetiringConnections } from '../connections/retiring-connections.ts'
import type { EndpointRecord } from '../endpoint/endpoint-record.ts'
import { NoEndpointAvailableError } from '../errors.ts'
import { EventBus } from '../events/event-bus.ts'
import { isLive } from '../health/health-state.ts'
import type { ResolvedEndpoint } from '../options/resolve-endpoint.ts'
import type { ResolvedOptions } from '../options/resolve-options.ts'
import type { Subscriber } from '../pubsub/subscriber.ts'
import { RetryBudget } from '../retry/retry-budget.ts'
import { Limiter } from '../routing/call-limits.ts'
import { CommandRoute } from '../routing/command-route.ts'
import type { RetryPorts, RouteOptions } from '../routing/route-ports.ts'
import { SpreadRoutes } from '../routing/spread-routes.ts'
import type { WaitingRoom } from '../routing/waiting-commands.ts'
import type { Timer } from '../runtime/clock.ts'
import { StallDetector } from '../runtime/stall-detector.ts'
import { TimerScope } from '../runtime/timer-scope.ts'
import { firstAvailable } from '../selection/strategies/first-available.ts'
import { StrategyRunner } from '../selection/strategy-runner.ts'
import { Controller } from './controller.ts'
import { causeOf } from './explain.ts'
import { groupPeers } from './group-peers.ts'
import { GroupState } from './group-state.ts'
import { type Leasing, makeLeasing } from './leasing.ts'
import { makeSubscriber } from './make-subscriber.ts'
import { monitorContext } from './monitor-context.ts'
import { PrimariesWatch } from './primaries-watch.ts'
import { type RouteWishes, routePortsOf } from './route-ports-of.ts'
import { guardAfterStall, stallThresholdMs } from './stall-guard.ts'
import { standbyReady } from './standby-ready.ts'

/** Connects the parts of a group with each other. Everything else takes what it needs as one options object. */
export class GroupEngine<TClient, TOptions> {
  readonly options: ResolvedOptions<TOptions>
  readonly adapter: ClientAdapter<TClient, TOptions>
  readonly state: GroupState<TOptions>
  readonly bus: EventBus
  readonly timers: TimerScope
  readonly stalls: StallDetector
  readonly connector: Connector<TClient, TOptions>
  readonly watch: ProgressWatch
  readonly retiring: RetiringConnections<TClient>
  readonly members = new Map<string, EndpointMember<TClient, TOptions>>()
  readonly controller: Controller<TOptions>
  readonly primaries: PrimariesWatch<TOptions>
  readonly strategy: StrategyRunner
  readonly routes = new Set<CommandRoute<TClient>>()
  readonly room: WaitingRoom
  readonly leasing: Leasing<TClient>
  readonly #limiter: Limiter
  readonly #lent: LentConnections<TClient, TOptions>
  readonly #spread: SpreadRoutes<TOptions> | undefined
  readonly #budget: RetryBudget
  readonly #environment: MemberEnvironment<TClient, TOptions>
  #spreadRecheck: Timer | undefined
  #nextOrder = 0

  constructor(adapter: ClientAdapter<TClient, TOptions>, options: ResolvedOptions<TOptions>) {
    this.adapter = adapter
    this.options = options
    const { clock, random, name } = options
    this.state = new GroupState(options)
    this.bus = new EventBus({ group: name, clock, historySize: options.historySize })
    this.timers = new TimerScope(clock)
    this.stalls = new StallDetector({
      timers: this.timers,
      thresholdMs: stallThresholdMs(options.endpoints),
      onStall: (stall) => guardAfterStall(stall, this),
    })
    this.connector = new Connector({
      adapter,
      bus: this.bus,
      timers: this.timers,
      stalls: this.stalls,
      onLost: (connection, error) => this.#lent.lost(connection, error),
      onTimeout: (connection) => this.members.get(connection.endpointId)?.countFailure(connection),
      onBusy: () => {
        this.state.commandSent = true
        this.watch.wake()
      },
    })
    this.watch = new ProgressWatch(this.timers, this.stalls)
    this.retiring = new RetiringConnections(this.timers)
    this.#budget = new RetryBudget({ ratio: options.retry.budget, retryBurst: options.retry.retryBurst })
    this.room = { count: 0, max: options.maxWaiting, onFirst: () => this.#rescheduleMonitors() }
    this.#limiter = new Limiter(this.timers)
    this.strategy = new StrategyRunner({
      strategy: options.selection,
      zone: options.zone,
      clock,
      random,
      onError: (error) => this.bus.emit('error', { endpointId: undefined, error }),
    })
    this.#spread = this.strategy.mode === 'spread' ? new SpreadRoutes(this.state, this.strategy) : undefined
    this.controller = this.#makeController()
    this.#lent = new LentConnections({
      members: this.members,
      borrowers: this.routes,
      watch: this.watch,
      retiring: this.retiring,
      bus: this.bus,
      classify: (error) => adapter.classifyError(error),
      apply: (record, event) => this.controller.apply(record, event),
      onReplaced: () => this.#routesChanged(),
    })
    this.primaries = new PrimariesWatch({
      state: this.state,
      bus: this.bus,
      apply: (record, event) => this.controller.apply(record, event),
      ask: async (record) => this.members.get(record.id)?.monitor.askIdentity(),
    })
    this.leasing = makeLeasing({
      engine: this,
      spread: this.#spread,
      retry: this.#retryPorts(),
      onCall: () => this.#budget.recordCalls(1, clock.now()),
      onFirstWaiting: () => this.#rescheduleMonitors(),
    })
    this.#environment = this.#makeEnvironment()
    for (const endpoint of options.endpoints) this.addMember(endpoint)
  }

  /** Adds an endpoint; the caller starts its monitor. */
  addMember(config: ResolvedEndpoint<TOptions>): EndpointMember<TClient, TOptions> {
    const member = new EndpointMember(config, this.#nextOrder++, this.#environment)
    this.members.set(config.id, member)
    this.state.add(member.record)
    this.bus.emit('endpoint-added', {
      endpointId: config.id,
      weight: config.weight,
      zone: config.zone,
      order: member.record.order,
    })
    return member
  }

  /** Begins to watch the endpoints, and ourselves. */
  start(): void {
    this.stalls.start()
    for (const member of this.members.values()) member.monitor.start()
  }

  /** Ends all parts, after waiting up to `drainTimeout` ms for what is in flight. */
  async close(drainTimeout: number): Promise<void> {
    const { members, routes, retiring, connector } = this
    this.controller.close()
    for (const member of members.values()) member.monitor.stop()
    for (const route of routes) route.close(true)
    routes.clear()
    this.leasing.desk.close()
    await retiring.until(() => [...members.values()].every((member) => member.connections.inFlight === 0), drainTimeout)
    for (const member of members.values()) member.stop('the group was closed')
    connector.close('the group was closed')
    this.stalls.stop()
    retiring.close()
    this.timers.close()
    this.bus.close()
  }

  /** Makes the way of one more transparent client. */
  createRoute(options: RouteWishes = {}): CommandRoute<TClient> {
    const route = new CommandRoute(
      routePortsOf({
        engine: this,
        lent: this.#lent,
        limiter: this.#limiter,
        retry: this.#retryPorts(),
        targets: () => this.#targets(),
        pick: this.#spread?.pick,
        options,
      }),
    )
    this.routes.add(route)
    route.update()
    return route
  }

  /** Makes the subscriptions of one more transparent client. `refuseClosed` throws once the group is closed. */
  createSubscriber(
    onMessage: MessageHandler,
    { commandTimeout = this.options.commandTimeout }: RouteOptions,
    refuseClosed: () => void,
  ): Subscriber<TClient> {
    return makeSubscriber({ engine: this, lent: this.#lent, commandTimeout, onMessage, refuseClosed })
  }

  /** Why each endpoint cannot take commands, in words. */
  causes(): Record<string, string> {
    const entries = this.state.records.map((record) => [
      record.id,
      causeOf(this.state.viewOf(record)) ?? 'it is available, but no connection to it was ready',
    ])
    return Object.fromEntries(entries)
  }

  #retryPorts(): RetryPorts<TClient> {
    const { options, bus, timers, adapter } = this
    return {
      timers,
      random: options.random,
      maxAttempts: options.retry.attempts,
      classify: (error) => adapter.classifyError(error),
      observe: (connection, verdict, error) => this.#lent.observe(connection, verdict, error),
      takeFromBudget: () => this.#budget.tryTake(timers.clock.now()),
      keepsLosing: (id) => this.state.keepsLosing(id, timers.clock.now()),
      onRetry: (payload) => bus.emit('retry', payload),
      onBudgetExhausted: (endpointId, command) => bus.emit('retry-budget-exhausted', { endpointId, command }),
      noEndpoint: (waitedMs, cause) =>
        new NoEndpointAvailableError(options.name, waitedMs, this.causes(), cause === undefined ? {} : { cause }),
    }
  }

  #makeController(): Controller<TOptions> {
    const byPreference = new StrategyRunner({ ...this.options, strategy: firstAvailable(), onError: () => {} })
    // Connection-bound work under a spreading strategy stays with the endpoint that failover mode would choose.
    const sticky = this.#spread === undefined ? this.strategy : byPreference
    const member = (record: EndpointRecord<TOptions>): EndpointMember<TClient, TOptions> | undefined =>
      this.members.get(record.id)
    return new Controller<TOptions>({
      state: this.state,
      bus: this.bus,
      timers: this.timers,
      ports: {
        choose: (candidates, active) => sticky.choose(candidates, active),
        spread: this.#spread !== undefined,
        destroyConnections: (record, why) => member(record)?.destroyConnections(why) ?? 0,
        confirm: (record) => member(record)?.monitor.requestConfirming(),
        probeNow: (record) => member(record)?.monitor.requestRegular(),
        probeSooner: (record) => member(record)?.monitor.reschedule(),
        replaceMonitor: (record) => {
          member(record)?.monitor.dropConnection('it is silent although the endpoint answers')
          member(record)?.monitor.requestRegular()
        },
        restartMonitor: (record) => member(record)?.restart('the endpoint went down or was reconfigured'),
        rescheduleMonitors: () => this.#rescheduleMonitors(),
        routesChanged: () => this.#routesChanged(),
      },
    })
  }

  #makeEnvironment(): MemberEnvironment<TClient, TOptions> {
    const { options } = this
    return {
      adapter: this.adapter,
      connector: this.connector,
      bus: this.bus,
      timers: this.timers,
      stalls: this.stalls,
      random: options.random,
      checks: options.checks,
      userChecks: options.userChecks,
      detector: options.detector,
      connectionSilenceTimeout: options.connectionSilenceTimeout,
      pool: { settings: options.pool, drainTimeout: options.drainTimeout, customers: this.leasing.desk },
      apply: (record, event) => this.controller.apply(record, event),
      context: (record) => monitorContext(record, this),
      peers: groupPeers(this.members, this.state),
      onStandbyReady: (id) => standbyReady(id, this),
      onIdentity: (record, identity) => this.primaries.onIdentity(record, identity),
      onStuck: (connection, silentMs) => this.#lent.replace(connection, silentMs),
      onCalls: (count) => this.#budget.recordCalls(count, this.timers.clock.now()),
    }
  }

  #targets(): readonly string[] {
    if (this.#spread !== undefined) return this.#spread.targets
    const { active } = this.state
    if (active === undefined) return []
    const { health } = active
    return health.operator === 'in-service' && isLive(health) ? [active.id] : []
  }

  #routesChanged(): void {
    if (this.#spread !== undefined) {
      const now = this.timers.clock.now()
      const next = this.#spread.refresh(now)
      this.#spreadRecheck?.cancel()
      if (next !== undefined)
        this.#spreadRecheck = this.timers.set(Math.max(1, next - now), () => this.#routesChanged())
    }
    for (const member of this.members.values()) member.connections.replenish()
    for (const route of this.routes) route.update()
    this.leasing.desk.update()
  }

  #rescheduleMonitors(): void {
    for (const member of this.members.values())
      if (member.record.health.phase.kind === 'down') member.monitor.reschedule()
  }
}
