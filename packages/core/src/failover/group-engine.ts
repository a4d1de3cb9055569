import type { ClientAdapter } from '../adapter/client-adapter.ts'
import type { ErrorVerdict } from '../adapter/error-verdict.ts'
import { Connector } from '../connections/connector.ts'
import { EndpointMember, type MemberEnvironment } from '../connections/endpoint-member.ts'
import type { ManagedConnection } from '../connections/managed-connection.ts'
import { ProgressWatch } from '../connections/progress-watch.ts'
import { RetiringConnections } from '../connections/retiring-connections.ts'
import type { EndpointRecord } from '../endpoint/endpoint-record.ts'
import { GroupClosedError, NoEndpointAvailableError, WaitingQueueFullError } from '../errors.ts'
import { EventBus } from '../events/event-bus.ts'
import { isLive } from '../health/health-state.ts'
import type { ResolvedEndpoint } from '../options/resolve-endpoint.ts'
import type { ResolvedOptions } from '../options/resolve-options.ts'
import { RetryBudget } from '../retry/retry-budget.ts'
import { CommandRoute } from '../routing/command-route.ts'
import { SpreadRoutes } from '../routing/spread-routes.ts'
import type { WaitingRoom } from '../routing/waiting-commands.ts'
import type { Timer } from '../runtime/clock.ts'
import { type Stall, StallDetector } from '../runtime/stall-detector.ts'
import { TimerScope } from '../runtime/timer-scope.ts'
import { firstAvailable } from '../selection/strategies/first-available.ts'
import { StrategyRunner } from '../selection/strategy-runner.ts'
import { Controller } from './controller.ts'
import { causeOf } from './explain.ts'
import { GroupState } from './group-state.ts'

/** A stall is at least this long, in milliseconds, whatever the probe timeout. */
const MIN_STALL_MS = 250
/** After standing still for longer than this, the process was suspended: its sockets are verified afresh. */
const SUSPENDED_MS = 5000

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
  readonly strategy: StrategyRunner
  readonly routes = new Set<CommandRoute<TClient>>()
  readonly room: WaitingRoom
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
      thresholdMs: this.#stallThreshold(),
      onStall: (stall) => this.#onStall(stall),
    })
    this.connector = new Connector({
      adapter,
      bus: this.bus,
      timers: this.timers,
      stalls: this.stalls,
      onLost: (connection, error) => this.#onLost(connection, error),
      onBusy: () => this.#onBusy(),
    })
    this.watch = new ProgressWatch(this.timers, this.stalls)
    this.retiring = new RetiringConnections(this.timers)
    this.#budget = new RetryBudget({ ratio: options.retry.budget, retryBurst: options.retry.retryBurst })
    this.room = { count: 0, max: options.maxWaiting, onFirst: () => this.#rescheduleMonitors() }
    this.strategy = new StrategyRunner({
      strategy: options.selection,
      zone: options.zone,
      clock,
      random,
      onError: (error) => this.bus.emit('error', { endpointId: undefined, error }),
    })
    this.#spread = this.strategy.mode === 'spread' ? new SpreadRoutes(this.state, this.strategy) : undefined
    this.controller = this.#makeController()
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

  /** Makes the way of one more transparent client. */
  createRoute(): CommandRoute<TClient> {
    const { options, timers, bus } = this
    const route: CommandRoute<TClient> = new CommandRoute<TClient>({
      timers,
      random: options.random,
      room: this.room,
      selectionTimeout: options.selectionTimeout,
      maxAttempts: options.retry.attempts,
      isIdempotent: options.retry.isIdempotent,
      epoch: () => this.state.epoch,
      targets: () => this.#targets(),
      pick: this.#spread?.pick,
      connectionsOf: (id) => this.members.get(id)?.connections,
      onMissing: (id) => this.#onMissing(id),
      retire: (connection) => this.#retire(connection),
      watch: (connection) => this.#watch(connection),
      classify: (error) => this.adapter.classifyError(error),
      observe: (connection, verdict, error) => this.#observe(connection, verdict, error),
      takeFromBudget: () => this.#budget.tryTake(timers.clock.now()),
      onRetry: (payload) => bus.emit('retry', payload),
      onBudgetExhausted: (endpointId, command) => bus.emit('retry-budget-exhausted', { endpointId, command }),
      noEndpoint: (waitedMs, cause) =>
        new NoEndpointAvailableError(options.name, waitedMs, this.causes(), cause === undefined ? {} : { cause }),
      waitingFull: () => new WaitingQueueFullError(options.name, options.maxWaiting),
      closedError: () => new GroupClosedError(options.name),
    })
    this.routes.add(route)
    route.update()
    return route
  }

  /** Why each endpoint cannot take commands, in words. */
  causes(): Record<string, string> {
    const entries = this.state.records.map((record) => [
      record.id,
      causeOf(this.state.viewOf(record)) ?? 'it is available, but no connection to it was ready',
    ])
    return Object.fromEntries(entries)
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
        restartMonitor: (record) => {
          this.connector.abandon(record.id, 'the endpoint went down or was reconfigured')
          member(record)?.connections.dropStandby('the endpoint went down or was reconfigured')
          member(record)?.monitor.restart()
        },
        rescheduleMonitors: () => this.#rescheduleMonitors(),
        routesChanged: () => this.#routesChanged(),
      },
    })
  }

  #makeEnvironment(): MemberEnvironment<TClient, TOptions> {
    const { options, state } = this
    return {
      adapter: this.adapter,
      connector: this.connector,
      bus: this.bus,
      timers: this.timers,
      stalls: this.stalls,
      random: options.random,
      checks: options.checks,
      detector: options.detector,
      connectionSilenceTimeout: options.connectionSilenceTimeout,
      apply: (record, event) => this.controller.apply(record, event),
      context: (record) => ({
        nothingUp: !state.records.some((other) => isLive(other.health)),
        commandsWaiting: this.room.count > 0,
        isActive: state.activeId === record.id,
      }),
      onStandbyReady: () => this.#routesChanged(),
      onRunId: (record, runId) => this.#onRunId(record, runId),
      onStuck: (connection, silentMs) => this.#replace(connection, silentMs),
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
  }

  #onMissing(id: string): void {
    const record = this.state.find(id)
    if (record === undefined) return
    const { acceptsConnections, confirming, dataConnectionLost } = record.health
    // While a loss is confirmed nothing is lent, and it is not yet known whether the standby can replace what was lost.
    if (!acceptsConnections && !confirming && !dataConnectionLost) {
      this.controller.apply(record, { type: 'data-connection', generation: record.health.generation, lost: true })
    }
  }

  #watch(connection: ManagedConnection<TClient>): void {
    const member = this.members.get(connection.endpointId)
    if (member === undefined) return
    this.watch.add(connection as ManagedConnection, member.watched)
    const { health } = member.record
    if (health.dataConnectionLost)
      this.controller.apply(member.record, { type: 'data-connection', generation: health.generation, lost: false })
  }

  #retire(connection: ManagedConnection<TClient>): void {
    this.retiring.add(connection, () => {
      this.watch.remove(connection as ManagedConnection)
      this.members.get(connection.endpointId)?.connections.release(connection, 'it is not used any more')
    })
  }

  /** The endpoint answers, and this one connection to it does not: its commands are settled by class. */
  #replace(connection: ManagedConnection<TClient>, silentMs: number): void {
    this.#drop(connection)
    this.bus.emit('connection-replaced', { endpointId: connection.endpointId, connectionId: connection.id, silentMs })
    this.members
      .get(connection.endpointId)
      ?.connections.release(connection, `it was silent for ${Math.round(silentMs)} ms`)
    this.#routesChanged()
  }

  #drop(connection: ManagedConnection<TClient>): void {
    this.watch.remove(connection as ManagedConnection)
    for (const route of this.routes) route.forget(connection)
    this.members.get(connection.endpointId)?.connections.forget(connection)
  }

  #onLost(connection: ManagedConnection<TClient>, error: unknown): void {
    this.#drop(connection)
    const { evidence } = this.adapter.classifyError(error)
    const message = evidence.weight === 'hard' ? evidence.message : 'an established connection was lost'
    const reason = evidence.weight === 'hard' ? evidence.reason : 'connection-lost'
    this.members.get(connection.endpointId)?.observe(connection.generation, { weight: 'hard', reason, message })
  }

  #observe(connection: ManagedConnection<TClient>, verdict: ErrorVerdict, error: unknown): void {
    const { evidence, attempt } = verdict
    const member = this.members.get(connection.endpointId)
    if (member === undefined) return
    // A connection that takes no more commands is lost, whatever the error says of it; its own event may come later.
    if ((attempt === 'unsent' || attempt === 'ambiguous') && !connection.isUsable()) {
      connection.reportLost(error)
      return
    }
    if (evidence.weight === 'none') return
    // What an established connection fails with is its loss, whatever the error would mean for a new one.
    if (attempt !== 'rejected' && attempt !== 'answered' && evidence.weight !== 'soft' && evidence.weight !== 'local') {
      connection.reportLost(error)
      return
    }
    if (evidence.weight === 'soft') member.countFailure(connection)
    member.observe(connection.generation, evidence)
  }

  #onBusy(): void {
    this.state.commandSent = true
    this.watch.wake()
  }

  #onRunId(record: EndpointRecord<TOptions>, runId: string): void {
    record.runId = runId
    const twin = this.state.records.find((other) => other !== record && other.runId === runId)
    if (twin !== undefined) this.bus.emit('same-server', { endpointIds: [twin.id, record.id], runId })
  }

  #rescheduleMonitors(): void {
    for (const member of this.members.values())
      if (member.record.health.phase.kind === 'down') member.monitor.reschedule()
  }

  #stallThreshold(): number {
    return Math.max(
      MIN_STALL_MS,
      Math.min(...this.options.endpoints.map((endpoint) => endpoint.health.timeout), Infinity) / 2,
    )
  }

  #onStall(stall: Stall): void {
    const durationMs = stall.to - stall.from
    this.bus.emit('stall-started', { startedAgoMs: durationMs })
    const settings = [...this.members.values()].map((member) => member.record.config.health)
    this.state.guardUntil = stall.to + Math.max(0, ...settings.map((health) => health.reprobe))
    if (durationMs > SUSPENDED_MS) {
      for (const member of this.members.values()) {
        member.monitor.dropConnection('this process was suspended')
        member.monitor.requestRegular()
      }
    }
    this.bus.emit('stall-ended', { durationMs })
  }
}
