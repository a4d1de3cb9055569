import type { CommandArgument, ConnectionPurpose } from '../adapter/client-adapter.ts'
import type { EndpointKind } from '../adapter/topology-report.ts'
import { FailureDetector } from '../detector/failure-detector.ts'
import { EndpointRecord } from '../endpoint/endpoint-record.ts'
import { ConnectionLostError, ConnectTimeoutError } from '../errors.ts'
import { askPeer } from '../health/check-peers.ts'
import { type Evidence, noEvidence } from '../health/evidence.ts'
import { endpointState } from '../health/health-state.ts'
import { managedEvidence } from '../health/managed-evidence.ts'
import { Monitor } from '../health/monitor.ts'
import type { ProbeConnection, ProbeOutcome } from '../health/monitor-ports.ts'
import type { ResolvedEndpoint } from '../options/resolve-endpoint.ts'
import { averageRoundTrip } from '../selection/latency.ts'
import { PeakAverage } from '../selection/peak-average.ts'
import type { EndpointConnections } from './endpoint-connections.ts'
import type { ManagedConnection } from './managed-connection.ts'
import { makeMemberConnections } from './member-connections.ts'
import type { MemberEnvironment } from './member-environment.ts'
import type { WatchedEndpoint } from './progress-watch.ts'

/** Where a client does not show the bytes that arrive, a long reply looks like silence; so it gets more time. */
const SILENCE_VISIBLE_MS = 5000
const SILENCE_BLIND_MS = 30_000

/** One endpoint at work: its record, its monitor, its connections, its failure detector. */
export class EndpointMember<TClient, TOptions> {
  readonly record: EndpointRecord<TOptions>
  readonly monitor: Monitor
  readonly connections: EndpointConnections<TClient>
  readonly watched: WatchedEndpoint
  readonly #environment: MemberEnvironment<TClient, TOptions>
  readonly #latency = new PeakAverage()
  readonly #detector: FailureDetector
  readonly #probeListeners = new Set<(outcome: ProbeOutcome) => void>()
  /** One hang silences every connection; its strikes are counted once, until any of them shows progress. */
  #silenceStrikes = 0
  /** The last look at all servers of a managed endpoint found them out of order. */
  #topologyLost = false

  constructor(config: ResolvedEndpoint<TOptions>, order: number, environment: MemberEnvironment<TClient, TOptions>) {
    this.#environment = {
      ...environment,
      apply: (record, event) => {
        const counted = this.kind === 'managed' ? managedEvidence(event) : event
        if (counted?.type === 'topology-lost') this.#topologyLost = true
        if (counted !== undefined) environment.apply(record, counted)
        // One server's trouble: look at all of them.
        else if (event.type === 'observed' && event.evidence.weight !== 'none') this.monitor.requestRegular()
      },
    }
    const { clock } = environment.timers
    this.record = new EndpointRecord(config, order, {
      inFlight: () => this.connections.inFlight,
      commandLatencyMs: () => this.#latency.value(clock.now()),
    })
    this.#detector = new FailureDetector(environment.detector, this.record.health.generation)
    this.connections = makeMemberConnections({
      record: this.record,
      environment: this.#environment,
      monitor: () => this.monitor,
      onSilent: () => this.watched.onSuspicion(),
      onOpenFailed: () => this.#probeUnlessOnItsWay(),
      connect: (purpose) => this.#connect(purpose, undefined, false),
      evidenceOf: (error) => this.#evidenceOf(error),
    })
    this.monitor = this.#makeMonitor()
    this.watched = this.#makeWatched()
  }

  /** What stands behind the endpoint's client. */
  get kind(): EndpointKind {
    return this.#environment.adapter.endpointKind?.(this.record.config.options) ?? 'single'
  }

  /** Destroys the application's connections; returns how many commands were in flight on them. */
  destroyConnections(why: string): number {
    const { connector } = this.#environment
    connector.abandon(this.record.id, why)
    const abandoned = this.connections.destroyAll(why)
    this.#silenceStrikes = 0
    this.#latency.reset()
    this.#detector.reset(this.record.health.generation)
    return abandoned
  }

  /** Begins anew: what was opened or probed before does not count any more. */
  restart(why: string): void {
    this.#environment.connector.abandon(this.record.id, why)
    this.connections.dropStandby(why)
    this.monitor.restart()
  }

  /** Stops everything for good. */
  stop(why: string): void {
    this.monitor.stop()
    for (const listener of this.#probeListeners)
      listener({
        kind: 'regular',
        check: 'none',
        ok: false,
        evidence: { weight: 'none', reason: 'connection-lost', message: why },
      })
    this.#probeListeners.clear()
    this.destroyConnections(why)
  }

  /** Probes now; resolves with what was wrong, or `undefined` if the probe succeeded. */
  probeNow(): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.#probeListeners.add((outcome) => resolve(outcome.ok ? undefined : outcome.evidence.message))
      this.monitor.requestRegular()
    })
  }

  /** Puts a question of another endpoint's check. @throws PeerUnavailableError, or the server's own error */
  ask(args: readonly CommandArgument[]): Promise<unknown> {
    const { adapter, stalls } = this.#environment
    const { id, health, config } = this.record
    return askPeer(
      {
        id,
        connection: this.monitor.connection,
        state: endpointState(health),
        timeoutMs: config.health.timeout,
        stalls,
        classify: (error) => adapter.classifyError(error),
      },
      args,
    )
  }

  /** Evidence from the application's own traffic or connections. */
  observe(generation: number, evidence: Evidence, silentMs = 0): void {
    const { timers, apply } = this.#environment
    const now = timers.clock.now()
    const connectionAnswers = this.monitor.connectionAnswers(now)
    apply(this.record, { type: 'observed', generation, evidence, connectionAnswers, since: now - silentMs })
    this.#probeUnlessOnItsWay()
  }

  // With active checks, a probe is on its way anyway.
  #probeUnlessOnItsWay(): void {
    if (this.#environment.checks.length === 0) this.monitor.reschedule()
  }

  /** A command failed in a way that may speak against the endpoint. */
  countFailure(connection: ManagedConnection<TClient>): void {
    const { timers } = this.#environment
    const { generation } = connection
    const now = timers.clock.now()
    this.#detector.recordSuccesses(connection.takeSuccesses(), generation, now)
    if (!this.#detector.recordFailure(generation, now)) return
    this.observe(generation, { weight: 'hard', reason: 'command-failures', message: 'too many commands failed lately' })
  }

  #makeMonitor(): Monitor {
    const { timers, stalls, random, checks, userChecks, bus, apply, context, onIdentity } = this.#environment
    const { record } = this
    return new Monitor({
      checks,
      userChecks,
      managed: () => this.kind === 'managed',
      endpoint: () => ({ id: record.id, zone: record.config.zone, tags: record.config.tags }),
      settings: () => record.config.health,
      health: () => record.health,
      timers,
      stalls,
      random,
      ports: {
        connect: (kind, timeoutMs, forUse) =>
          this.#connect(kind === 'regular' && !forUse ? 'monitor' : 'probe', timeoutMs, kind === 'confirming'),
        evidenceOf: (error) => this.#evidenceOf(error),
        apply: (event) => apply(record, event),
        onStarted: (kind, check) =>
          bus.emit('check-started', {
            endpointId: record.id,
            check,
            connection: kind === 'regular' ? 'monitor' : 'fresh',
          }),
        onEnded: (outcome) => this.#onProbeEnded(outcome),
        adopt: (connection: ProbeConnection) => {
          // The monitor's connections are made by #connect above.
          this.connections.adopt(connection as ManagedConnection<TClient>)
        },
        handOver: (connection: ProbeConnection) => this.connections.keep(connection as ManagedConnection<TClient>),
        borrow: () => this.connections.giveAway('monitor'),
        lastProgressAt: () => this.connections.progressAt,
        context: () => context(record),
        peers: this.#environment.peers,
        onIdentity: (identity) => onIdentity(record, identity),
      },
    })
  }

  #makeWatched(): WatchedEndpoint {
    const { record } = this
    const { apply, checks, connectionSilenceTimeout, onStuck, onCalls, timers } = this.#environment
    return {
      get suspicion() {
        return record.config.health.suspicion
      },
      get timeout() {
        return record.config.health.timeout
      },
      silenceTimeout: (visible) => connectionSilenceTimeout ?? (visible ? SILENCE_VISIBLE_MS : SILENCE_BLIND_MS),
      isProbing: () => this.monitor.isProbing,
      answers: () => record.health.phase.kind === 'up' && this.monitor.connectionAnswers(timers.clock.now()),
      isProbed: checks.length > 0,
      onSuspicion: () => {
        if (checks.length > 0 || this.kind === 'managed') this.monitor.requestRegular()
      },
      onSilence: (connection, silentMs, strikes) => {
        if (strikes <= this.#silenceStrikes) return
        this.#silenceStrikes = strikes
        const message = `no reply for ${Math.round(silentMs)} ms with commands in flight`
        this.observe(connection.generation, { weight: 'soft', reason: 'silence', message }, silentMs)
      },
      onProgress: (connection) => {
        const { generation } = connection
        // What still arrives on connections from before a change of options says nothing about the endpoint as it is now.
        if (generation !== record.health.generation) return
        this.#silenceStrikes = 0
        connection.progressAt = timers.clock.now()
        if (record.health.livenessStrikes > 0) apply(record, { type: 'replied', generation })
      },
      onStuck: (connection, silentMs) => {
        // One of several servers may be silent; the client finds the way around it, and the others go on.
        if (this.kind !== 'managed') onStuck(connection as ManagedConnection<TClient>, silentMs)
      },
      onThroughput: (connection, settled, failed, inFlight, elapsedMs) => {
        const now = timers.clock.now()
        onCalls(settled)
        this.#detector.recordSuccesses(connection.takeSuccesses(), connection.generation, now)
        // Little's law: mean time in the system is the mean number in it over the rate of leaving it.
        if (settled > failed && inFlight > 0) this.#latency.record((inFlight * elapsedMs) / settled, now)
      },
    }
  }

  #tellProbeListeners(outcome: ProbeOutcome): void {
    const listeners = [...this.#probeListeners]
    this.#probeListeners.clear()
    for (const listener of listeners) listener(outcome)
  }

  #connect(
    purpose: ConnectionPurpose,
    timeoutMs: number | undefined,
    urgent: boolean,
  ): Promise<ManagedConnection<TClient>> {
    const { config, health } = this.record
    const target = {
      endpointId: config.id,
      options: config.options,
      generation: health.generation,
      connectTimeout: config.health.connectTimeout,
    }
    return this.#environment.connector.connect(target, {
      purpose,
      urgent,
      ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
    })
  }

  #evidenceOf(error: unknown): Evidence {
    // Our own errors are no client's affair.
    if (ConnectTimeoutError.isInstance(error))
      return { weight: 'soft', reason: 'connect-timeout', message: error.message }
    if (ConnectionLostError.isInstance(error)) return noEvidence
    return this.#environment.adapter.classifyError(error).evidence
  }

  #onProbeEnded(outcome: ProbeOutcome): void {
    const { bus, timers } = this.#environment
    const { record } = this
    const connection = outcome.kind === 'regular' ? 'monitor' : 'fresh'
    const facts = { endpointId: record.id, check: outcome.check, connection } as const
    const at = timers.clock.wallTime()
    // After the outcome was applied: who waits for it wants to see what it changed.
    if (outcome.kind === 'confirming' && outcome.ok) this.#detector.reset(record.health.generation)
    if (outcome.kind !== 'fresh') queueMicrotask(() => this.#tellProbeListeners(outcome))
    if (outcome.ok) {
      const { roundTripMs } = outcome
      if (outcome.kind === 'regular' && this.#topologyLost) {
        this.#topologyLost = false
        // The servers have sorted it out: commands need not wait for the end of a back-off as well.
        queueMicrotask(() => this.connections.retryNow())
      }
      // A new connection's first answer includes what is not the network's: only the monitor's is averaged.
      if (outcome.kind === 'regular') record.roundTripMs = averageRoundTrip(record.roundTripMs, roundTripMs)
      record.refreshView()
      record.history.add({ at, kind: outcome.kind, ok: true, roundTripMs, message: 'passed' })
      bus.emit('check-succeeded', { ...facts, roundTripMs })
    } else {
      const { reason, message } = outcome.evidence
      record.history.add({ at, kind: outcome.kind, ok: false, roundTripMs: undefined, message })
      bus.emit('check-failed', { ...facts, reason, message })
    }
  }
}
