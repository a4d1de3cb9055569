import type { HealthSettings } from '../options/presets.ts'
import { MIN_PROBE_GAP_MS } from '../options/resolve-health.ts'
import type { Timer } from '../runtime/clock.ts'
import { jitter, type Random } from '../runtime/random.ts'
import type { StallDetector } from '../runtime/stall-detector.ts'
import type { TimerScope } from '../runtime/timer-scope.ts'
import { trial } from './checks/trial.ts'
import { connectEvidence } from './connect-evidence.ts'
import type { Evidence } from './evidence.ts'
import type { HealthCheck } from './health-check.ts'
import type { ProbeKind } from './health-event.ts'
import { type HealthState, isLive } from './health-state.ts'
import type { MonitorPorts, ProbeConnection } from './monitor-ports.ts'
import { type ProbeResult, probe, within } from './probe.ts'
import { INTERVAL_JITTER, nextProbeDelay } from './probe-schedule.ts'
import { proveWritable, type WritableProof } from './prove-writable.ts'

export interface MonitorOptions {
  /** What is asked; empty when only connecting counts (`health: false`). */
  readonly checks: readonly HealthCheck[]
  readonly endpoint: () => {
    readonly id: string
    readonly zone: string | undefined
    readonly tags: Readonly<Record<string, string>>
  }
  readonly settings: () => HealthSettings
  readonly health: () => HealthState
  readonly timers: TimerScope
  readonly stalls: StallDetector
  readonly random: Random
  readonly ports: MonitorPorts
}

/** What a probe that failed before its first check is reported as. */
const CONNECT = 'connect'

/** A probe under way. One that is aborted was superseded: its checks are called off, and its outcome is ignored. */
interface Pending {
  readonly kind: ProbeKind
  readonly abort: AbortController
}

/**
 * Watches one endpoint: a regular probe on a connection of its own, a confirming probe when a connection was lost, a
 * fresh one now and then. One probe per connection at a time; requests coalesce. It observes and reports; what the
 * observations mean is decided by `reduceHealth`.
 */
export class Monitor {
  readonly #options: MonitorOptions
  #connection: ProbeConnection | undefined
  #regular: Pending | undefined
  #extra: Pending | undefined
  #nextRegular: Timer | undefined
  #nextRegularAt = Infinity
  #nextFresh: Timer | undefined
  #lastRegularAt = -Infinity
  #lastConfirmingAt = -Infinity
  #lastAnswerAt = -Infinity
  /** A probe that our own stall may have spoilt was repeated; the next one counts. */
  #repeatedAfterStall = false
  #stopped = true

  constructor(options: MonitorOptions) {
    this.#options = options
  }

  /** Whether an unanswered regular probe is out. */
  get isProbing(): boolean {
    return this.#regular !== undefined
  }

  /**
   * Whether the monitor connection is open and has answered since `since`, or, with nothing asked of it now, as lately as
   * regular probes come. The application's connections answer for it where they are known to.
   */
  connectionAnswers(since: number): boolean {
    const { health, settings, timers, ports } = this.#options
    const { interval, timeout } = settings()
    const now = timers.clock.now()
    if (ports.lastProgressAt() >= Math.min(since, now - timeout)) return true
    if (this.#connection?.alive !== true || this.#connection.generation !== health().generation) return false
    const lately = this.#lastAnswerAt >= now - interval * (1 + INTERVAL_JITTER) - timeout
    return this.#lastAnswerAt >= since || (lately && this.#regular === undefined)
  }

  start(): void {
    this.#stopped = false
    this.requestRegular()
    this.#scheduleFresh()
  }

  stop(): void {
    this.#stopped = true
    this.#cancelRegular()
    this.#nextFresh?.cancel()
    this.#supersede(this.#regular)
    this.#supersede(this.#extra)
    this.#regular = undefined
    this.#extra = undefined
    this.dropConnection('the endpoint is no longer watched')
  }

  /** Ends the monitor connection; the next regular probe makes a new one. */
  dropConnection(why: string): void {
    this.#connection?.destroy(why)
    this.#connection = undefined
  }

  /** Probes now, or as soon as the gap between probes allows; joins a probe that is out already. */
  requestRegular(): void {
    if (this.#stopped || this.#regular !== undefined) return
    const wait = this.#lastRegularAt + MIN_PROBE_GAP_MS - this.#options.timers.clock.now()
    if (wait > 0) this.#armRegular(wait)
    else this.#runRegular()
  }

  /** Starts over after the endpoint went DOWN or was reconfigured: what is out belongs to an older generation. */
  restart(): void {
    if (this.#stopped) return
    this.#supersede(this.#regular)
    this.#supersede(this.#extra)
    this.#regular = undefined
    this.#extra = undefined
    this.dropConnection('the endpoint went down or was reconfigured')
    if (this.#options.health().phase.kind === 'unknown') this.requestRegular()
    else this.#scheduleRegular()
    this.#scheduleFresh()
  }

  /** Asks on a new connection, at once, whether the endpoint lives: an established one was lost. */
  requestConfirming(): void {
    if (this.#stopped || this.#extra?.kind === 'confirming') return
    this.#supersede(this.#extra)
    // The regular probe may be out on a connection that died with the others.
    this.#supersede(this.#regular)
    this.#regular = undefined
    this.#extra = undefined
    this.#cancelRegular()
    const wait = this.#lastConfirmingAt + MIN_PROBE_GAP_MS - this.#options.timers.clock.now()
    if (wait > 0) this.#nextRegular = this.#options.timers.set(wait, () => this.#runExtra('confirming'))
    else this.#runExtra('confirming')
  }

  /** Asks on a new connection whether such are accepted, unless one is asked already. */
  requestFresh(): void {
    if (!this.#stopped && this.#extra === undefined) this.#runExtra('fresh')
  }

  /**
   * Brings the next regular probe forward where what the wait depends on has changed (commands wait, nothing is up). Never
   * puts it off, or requests that keep coming would keep it from ever being sent.
   */
  reschedule(): void {
    if (!this.#stopped && this.#regular === undefined && this.#extra?.kind !== 'confirming')
      this.#scheduleRegular(this.#nextRegularAt)
  }

  #runRegular(): void {
    this.#cancelRegular()
    this.#lastRegularAt = this.#options.timers.clock.now()
    const pending: Pending = { kind: 'regular', abort: new AbortController() }
    this.#regular = pending
    void this.#run(pending).then((repeat) => {
      if (pending.abort.signal.aborted) return
      this.#regular = undefined
      if (repeat) this.requestRegular()
      else if (this.#extra?.kind !== 'confirming') this.#scheduleRegular()
    })
  }

  #runExtra(kind: 'confirming' | 'fresh'): void {
    if (this.#stopped) return
    this.#supersede(this.#extra)
    const pending: Pending = { kind, abort: new AbortController() }
    this.#extra = pending
    if (kind === 'confirming') this.#lastConfirmingAt = this.#options.timers.clock.now()
    void this.#run(pending).then((repeat) => {
      if (pending.abort.signal.aborted) return
      this.#extra = undefined
      const { health } = this.#options
      if (kind === 'confirming' && (repeat || health().confirming)) this.requestConfirming()
      else if (kind === 'confirming') this.#afterConfirmation()
      this.#scheduleFresh()
    })
  }

  // The regular probe was called off for the confirmation; the monitor connection may have died with the others.
  #afterConfirmation(): void {
    if (this.#connection?.alive !== true) this.requestRegular()
    else this.#scheduleRegular()
  }

  #scheduleRegular(notAfter = Infinity): void {
    const { health, settings, ports, random, checks, timers } = this.#options
    // Without checks there is nothing to ask of an endpoint that is up and takes writes: the application's traffic is the
    // evidence.
    if (checks.length === 0 && isLive(health()) && health().writable) return
    const delayMs = Math.max(nextProbeDelay(health(), settings(), ports.context(), random), 0)
    if (timers.clock.now() + delayMs < notAfter) this.#armRegular(delayMs)
  }

  #armRegular(delayMs: number): void {
    this.#cancelRegular()
    this.#nextRegularAt = this.#options.timers.clock.now() + delayMs
    this.#nextRegular = this.#options.timers.set(delayMs, () => this.requestRegular())
  }

  #cancelRegular(): void {
    this.#nextRegular?.cancel()
    this.#nextRegularAt = Infinity
  }

  #scheduleFresh(): void {
    const { settings, random, timers, health, checks } = this.#options
    this.#nextFresh?.cancel()
    if (this.#stopped) return
    this.#nextFresh = timers.set(jitter(random, settings().freshProbeInterval, INTERVAL_JITTER), () => {
      // While it is not up, regular probes make new connections anyway.
      const { acceptsConnections } = health()
      const isAsked = checks.length > 0 || !acceptsConnections
      if (isAsked && isLive(health()) && this.#extra === undefined) this.#runExtra('fresh')
      else this.#scheduleFresh()
    })
  }

  /** Runs one probe and reports it; true if it should be repeated because we stalled ourselves. */
  async #run(pending: Pending): Promise<boolean> {
    const { health, settings, ports, stalls, endpoint } = this.#options
    const checks = this.#checks()
    const { generation } = health()
    const startedAt = stalls.clock.now()
    const live = isLive(health())
    const reusable =
      pending.kind === 'regular' && this.#connection?.alive === true && this.#connection.generation === generation
    let connection = reusable ? this.#connection : undefined
    let refusal: Evidence | undefined
    if (connection === undefined) {
      try {
        // Of an endpoint that has been up, connecting may take as long as an answer, and then the answer as long again: one
        // that is merely far away would else fail each probe after its first late answer. At first it may take longer.
        connection = await ports.connect(pending.kind, live ? settings().timeout : settings().connectTimeout)
      } catch (error) {
        const evidence = connectEvidence(error, ports)
        connection = this.#borrow(pending, evidence)
        if (connection === undefined) return this.#failed(pending, generation, startedAt, evidence, CONNECT, undefined)
        refusal = evidence
      }
      if (pending.abort.signal.aborted) {
        connection.destroy('its probe was superseded')
        return false
      }
      if (pending.kind === 'regular') {
        this.dropConnection('replaced')
        this.#connection = connection
      }
    }
    const { timeout } = settings()
    const result = await probe({
      connection,
      checks,
      endpoint: endpoint(),
      timeoutMs: timeout,
      stalls,
      signal: pending.abort.signal,
      evidenceOf: ports.evidenceOf,
      onStarted: (check) => ports.onStarted(pending.kind, check),
    })
    if (!result.ok) {
      // A second question behind a lost segment would be no new evidence: the next probe connects anew.
      const unanswered = result.evidence.weight === 'soft' && !pending.abort.signal.aborted
      if (pending.kind !== 'regular' || unanswered) connection.destroy('its probe failed')
      return this.#failed(
        pending,
        generation,
        startedAt,
        result.evidence,
        result.check.name,
        result.check.capability === true ? result.check.name : undefined,
      )
    }
    if (refusal !== undefined && !pending.abort.signal.aborted) {
      this.#lastAnswerAt = stalls.clock.now()
      this.#failed(pending, generation, startedAt, refusal, CONNECT, undefined)
    }
    return this.#succeeded(pending, generation, connection, !reusable && refusal === undefined, result)
  }

  // New connections are refused, and the monitor has lost its own: the standby tells whether the endpoint still answers on
  // established ones, so that a changed password is not taken for an outage.
  #borrow(pending: Pending, evidence: Evidence): ProbeConnection | undefined {
    if (pending.kind !== 'regular' || evidence.weight !== 'refuses-connections' || pending.abort.signal.aborted)
      return undefined
    return this.#options.ports.borrow()
  }

  async #succeeded(
    pending: Pending,
    generation: number,
    connection: ProbeConnection,
    newConnection: boolean,
    result: Extract<ProbeResult, { ok: true }>,
  ): Promise<boolean> {
    const { ports, health, stalls, settings, checks } = this.#options
    const proof = this.#needsProof()
      ? await within(
          stalls,
          settings().timeout,
          (command) =>
            proveWritable({ command, notWritableReason: health().notWritableReason, refusal: this.#refusal }),
          connection,
        )
      : undefined
    if (pending.abort.signal.aborted) {
      if (pending.kind !== 'regular') connection.destroy('its probe was superseded')
      return false
    }
    this.#repeatedAfterStall = false
    if (pending.kind === 'regular') this.#lastAnswerAt = stalls.clock.now()
    ports.onEnded({
      kind: pending.kind,
      check: checks[0]?.name ?? CONNECT,
      ok: true,
      roundTripMs: result.roundTripMs,
    })
    const { nothingUp } = ports.context()
    // What cannot write must not become active for a moment; so this comes before the success.
    if (proof !== undefined) this.#applyProof(generation, proof)
    ports.apply({
      type: 'probe-succeeded',
      generation,
      kind: pending.kind,
      newConnection,
      capabilities: result.capabilities,
      notEligible: result.notEligible,
      nothingUp,
    })
    if (pending.kind !== 'regular') ports.adopt(connection)
    else if (newConnection && checks.length > 0) void this.#askRunId(connection)
    return false
  }

  // Without checks, an endpoint that is not in use yet has to answer one call all the same, or it would be up because it
  // accepts connections.
  #checks(): readonly HealthCheck[] {
    const { checks, health } = this.#options
    return checks.length > 0 || isLive(health()) ? checks : [trial]
  }

  #needsProof(): boolean {
    const { health, ports, checks } = this.#options
    const state = health()
    return !state.writable || (checks.length > 0 && !state.capabilityProven && !ports.context().isActive)
  }

  readonly #refusal = (error: unknown): { reason: Evidence['reason']; message: string } | undefined => {
    const evidence = this.#options.ports.evidenceOf(error)
    return evidence.weight === 'not-writable' || evidence.reason === 'out-of-memory' ? evidence : undefined
  }

  #applyProof(generation: number, proof: WritableProof): void {
    const { ports } = this.#options
    if (proof.writable) ports.apply({ type: 'proven-writable', generation })
    else
      ports.apply({
        type: 'observed',
        generation,
        evidence: { weight: 'not-writable', reason: proof.reason, message: proof.message },
        connectionAnswers: true,
        since: this.#options.timers.clock.now(),
      })
  }

  #failed(
    pending: Pending,
    generation: number,
    startedAt: number,
    evidence: Evidence,
    check: string,
    capability: string | undefined,
  ): boolean {
    const { ports, stalls } = this.#options
    if (pending.abort.signal.aborted) return false
    if (evidence.weight === 'soft' && !this.#repeatedAfterStall && stalls.stalledSince(startedAt) > 0) {
      this.#repeatedAfterStall = true
      return true
    }
    ports.onEnded({ kind: pending.kind, check, ok: false, evidence })
    ports.apply({
      type: 'probe-failed',
      generation,
      kind: pending.kind,
      connecting: check === CONNECT,
      evidence,
      capability,
      connectionAnswers: this.connectionAnswers(startedAt),
      since: startedAt,
    })
    return false
  }

  async #askRunId(connection: ProbeConnection): Promise<void> {
    const { ports, stalls, settings } = this.#options
    const info = await within(stalls, settings().timeout, (command) => command(['INFO', 'server']), connection)
    const runId =
      typeof info === 'string' || Buffer.isBuffer(info) ? /\brun_id:(\w+)/.exec(String(info))?.[1] : undefined
    if (runId !== undefined && connection.alive) ports.onRunId(runId)
  }

  #supersede(pending: Pending | undefined): void {
    pending?.abort.abort()
  }
}
