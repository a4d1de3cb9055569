import type { TopologyQuestion, TopologyReport } from '../adapter/topology-report.ts'
import { topology } from './checks/topology.ts'
import { trial } from './checks/trial.ts'
import { connectEvidence } from './connect-evidence.ts'
import type { Evidence } from './evidence.ts'
import type { HealthCheck } from './health-check.ts'
import type { ProbeKind } from './health-event.ts'
import { isLive, strikes } from './health-state.ts'
import type { MonitorConnection } from './monitor-connection.ts'
import type { ProbeConnection } from './monitor-ports.ts'
import { type ProbeResult, probe } from './probe.ts'
import type { ProbeTarget } from './probe-target.ts'
import { proveInTime, type WritableProof } from './prove-writable.ts'
import { askIdentity } from './server-identity.ts'
import { stillAnswers } from './still-answers.ts'

export interface ProbeRunnerOptions {
  readonly target: ProbeTarget
  readonly connection: MonitorConnection
  /** Whether an established connection has answered since then. */
  readonly connectionAnswers: (since: number) => boolean
}

/**
 * A probe under way. One that is aborted was superseded: its checks are called off, and its outcome is ignored. What it
 * finds counts in the generation in which it began, or not at all.
 */
export interface ProbeRun {
  readonly kind: ProbeKind
  readonly generation: number
  readonly startedAt: number
  readonly abort: AbortController
}

/** What a probe whose checks passed has found out, and on what. */
interface Success {
  readonly newConnection: boolean
  /** The connection goes to the application. */
  readonly forUse: boolean
  /** The proof that writes are taken, where it is under way already. */
  readonly proving: Promise<WritableProof | undefined> | undefined
  readonly result: Extract<ProbeResult, { ok: true }>
}

const REPLICA = 'the server is a read-only replica'

/** What a probe that failed before its first check is reported as. */
const CONNECT = 'connect'

/**
 * Carries out one probe from the connection to the report: connects or borrows, puts the checks, proves that writes are
 * taken, and says what was observed.
 */
export class ProbeRunner {
  readonly #target: ProbeTarget
  readonly #connection: MonitorConnection
  readonly #connectionAnswers: (since: number) => boolean
  /** A probe that our own stall may have spoilt was repeated; the next one counts. */
  #repeatedAfterStall = false

  constructor({ target, connection, connectionAnswers }: ProbeRunnerOptions) {
    this.#target = target
    this.#connection = connection
    this.#connectionAnswers = connectionAnswers
  }

  /** A probe that begins now; `run` carries it out. */
  begin(kind: ProbeKind): ProbeRun {
    const { health, stalls } = this.#target
    return {
      kind,
      generation: health().generation,
      startedAt: stalls.clock.now(),
      abort: new AbortController(),
    }
  }

  /** Carries the probe out and reports it; true if it should be repeated because we stalled ourselves. */
  async run(run: ProbeRun): Promise<boolean> {
    const { health, settings, ports, stalls, endpoint } = this.#target
    const managed = this.#target.managed()
    const live = isLive(health()) && !managed
    const reusable = run.kind === 'regular' ? this.#connection.forProbes(run.generation) : undefined
    // The connection of an endpoint's first probe is what its first commands wait for: they get it, and the monitor
    // opens another one for itself.
    const forUse = run.kind === 'regular' && health().phase.kind === 'unknown' && !managed
    let connection = reusable
    let refusal: Evidence | undefined
    if (connection === undefined) {
      try {
        // Of an endpoint that has been up, connecting may take as long as an answer, and then the answer as long again: one
        // that is merely far away would else fail each probe after its first late answer. At first it may take longer.
        // A client of several servers connects to them one after another, so it gets the time of connecting at all times.
        connection = await ports.connect(run.kind, live ? settings().timeout : settings().connectTimeout, forUse)
      } catch (error) {
        const evidence = connectEvidence(error, ports)
        connection = this.#borrow(run, evidence)
        if (connection === undefined)
          return this.#failed(run, (await this.#refusedAtTheDoor(run, evidence)) ?? evidence, CONNECT)
        refusal = evidence
      }
      if (run.abort.signal.aborted) {
        connection.destroy('its probe was superseded')
        return false
      }
      if (run.kind === 'regular') this.#connection.replace(connection)
    }
    const { timeout } = settings()
    const probing = probe({
      connection,
      checks: this.#checks(connection),
      endpoint: endpoint(),
      timeoutMs: timeout,
      stalls,
      signal: run.abort.signal,
      peers: ports.peers,
      evidenceOf: ports.evidenceOf,
      onStarted: (check) => ports.onStarted(run.kind, check),
    })
    // Right behind the first check, so that both travel in one write: on its own it would cost as much as the probe. Of
    // several servers, any might answer.
    if (run.kind === 'regular' && this.#target.checks.length > 0 && !managed) void this.#askIdentity(connection)
    // The same goes for the proof, where it only asks: the first commands wait for it.
    const proving = health().writable && this.#needsProof() ? proveInTime(this.#target, connection) : undefined
    const result = await probing
    if (!result.ok) return this.#checksFailed(run, connection, result)
    if (refusal !== undefined && !run.abort.signal.aborted) {
      this.#connection.recordAnswer(stalls.clock.now())
      this.#failed(run, refusal, CONNECT)
    }
    return this.#succeeded(run, connection, {
      newConnection: reusable === undefined && refusal === undefined,
      forUse: forUse && reusable === undefined && refusal === undefined,
      proving,
      result,
    })
  }

  // Without checks, an endpoint that is not in use yet, or avoided because of a strike or for taking no writes, has to answer
  // one call all the same: or it would be up because it accepts connections, and whether it takes writes again would be asked
  // for ever on a connection that went dark.
  #checks(connection: ProbeConnection): readonly HealthCheck[] {
    const { checks, userChecks, managed, settings } = this.#target
    if (managed()) {
      const { timeout: timeoutMs, minHealthyPrimaries } = settings()
      const examine = (question: TopologyQuestion): Promise<TopologyReport> => connection.examineTopology(question)
      return [topology({ examine, timeoutMs, minHealthyPrimaries }), ...userChecks]
    }
    return checks.length > 0 || !this.#isInDoubt() ? checks : [trial]
  }

  // New connections are refused, and the monitor has lost its own: the standby tells whether the endpoint still answers on
  // established ones, so that a changed password is not taken for an outage.
  #borrow(run: ProbeRun, evidence: Evidence): ProbeConnection | undefined {
    if (run.kind !== 'regular' || evidence.weight !== 'refuses-connections' || run.abort.signal.aborted)
      return undefined
    return this.#target.ports.borrow()
  }

  // A new connection was accepted and closed again, twice: by a process that dies, or by one that lets nobody new in and
  // whose reason ("max number of clients reached") was lost with the connection. Only the former takes the monitor
  // connection with it, so that is asked before the endpoint is called DOWN.
  async #refusedAtTheDoor(run: ProbeRun, evidence: Evidence): Promise<Evidence | undefined> {
    const { health, stalls } = this.#target
    if (run.kind !== 'confirming' || evidence.weight !== 'hard' || health().failedConfirmations === 0) return undefined
    const connection = this.#connection.of(run.generation)
    if (connection === undefined) return undefined
    if (!(await stillAnswers(this.#target, connection, this.#checks(connection), run.abort.signal))) return undefined
    this.#connection.recordAnswer(stalls.clock.now())
    return { ...evidence, weight: 'refuses-connections' }
  }

  async #succeeded(
    run: ProbeRun,
    connection: ProbeConnection,
    { newConnection, forUse, proving, result }: Success,
  ): Promise<boolean> {
    const { ports, stalls } = this.#target
    const asked = proving ?? (this.#needsProof() ? proveInTime(this.#target, connection) : undefined)
    const proof = asked === undefined ? undefined : await asked
    if (run.abort.signal.aborted) {
      if (run.kind !== 'regular') connection.destroy('its probe was superseded')
      return false
    }
    this.#repeatedAfterStall = false
    if (run.kind === 'regular') this.#connection.recordAnswer(stalls.clock.now())
    ports.onEnded({ kind: run.kind, check: result.firstCheck ?? CONNECT, ok: true, roundTripMs: result.roundTripMs })
    const { nothingUp } = ports.context()
    // What cannot write must not become active for a moment; so this comes before the success.
    if (proof !== undefined) this.#applyProof(run, proof)
    // Before it is up: its first commands are sent in that moment.
    if (forUse) {
      this.#connection.handOver()
      ports.handOver(connection)
    }
    ports.apply({
      type: 'probe-succeeded',
      generation: run.generation,
      kind: run.kind,
      newConnection,
      capabilities: result.capabilities,
      notEligible: result.notEligible,
      nothingUp,
    })
    if (run.kind !== 'regular') ports.adopt(connection)
    return false
  }

  #isInDoubt(): boolean {
    const state = this.#target.health()
    return !isLive(state) || strikes(state) > 0 || !state.writable
  }

  #isOnTrial({ kind, generation }: ProbeRun): boolean {
    const state = this.#target.health()
    return kind === 'regular' && generation === state.generation && isLive(state) && !this.#target.managed()
  }

  #needsProof(): boolean {
    const { health, ports, checks, managed } = this.#target
    const state = health()
    // Which server would answer is up to the client; the topology has shown that there are primaries.
    if (managed()) return false
    return !state.writable || (checks.length > 0 && !state.capabilityProven && !ports.context().isActive)
  }

  #applyProof({ generation }: { readonly generation: number }, proof: WritableProof): void {
    const { ports, stalls } = this.#target
    if (proof.writable) ports.apply({ type: 'proven-writable', generation })
    else
      ports.apply({
        type: 'observed',
        generation,
        evidence: { weight: 'not-writable', reason: proof.reason, message: proof.message },
        connectionAnswers: true,
        since: stalls.clock.now(),
      })
  }

  async #askIdentity(connection: ProbeConnection): Promise<void> {
    const { ports, stalls, settings, health } = this.#target
    const sections = this.#connection.sectionsOf(connection)
    if (sections.length === 0 || !ports.context().comparesServers) return
    const answer = await askIdentity(connection, sections, settings().timeout, stalls)
    if (!connection.alive) return
    this.#connection.recordIdentity(connection, answer)
    if (answer === undefined || answer === 'refused') return
    // A server can lose its role with all its connections open, and nothing written need have met it yet.
    if (answer.role === 'replica' && health().writable && connection.generation === health().generation)
      this.#applyProof(connection, { writable: false, reason: 'read-only', message: REPLICA })
    ports.onIdentity(answer)
  }

  #checksFailed(
    run: ProbeRun,
    connection: ProbeConnection,
    { check, evidence }: Extract<ProbeResult, { ok: false }>,
  ): boolean {
    // A second question behind a lost segment would be no new evidence: the next probe connects anew.
    const unanswered = evidence.weight === 'soft' && !run.abort.signal.aborted
    const why = run.abort.signal.aborted ? 'its probe was superseded' : 'its probe failed'
    if (run.kind !== 'regular' || unanswered) connection.destroy(why)
    return this.#failed(run, evidence, check.name, check.capability === true ? check.name : undefined)
  }

  #failed(run: ProbeRun, evidence: Evidence, check: string, capability?: string): boolean {
    const { kind, generation, startedAt } = run
    const { ports, stalls } = this.#target
    if (run.abort.signal.aborted) return false
    if (evidence.weight === 'soft' && !this.#repeatedAfterStall && stalls.stalledSince(startedAt) > 0) {
      this.#repeatedAfterStall = true
      return true
    }
    ports.onEnded({ kind, check, ok: false, evidence })
    // Without checks, the application's silent commands are the strikes; counting the trial as well would count one hang twice.
    if (this.#target.checks.length === 0 && evidence.weight === 'soft' && this.#isOnTrial(run)) return false
    ports.apply({
      type: 'probe-failed',
      generation,
      kind,
      connecting: check === CONNECT,
      evidence,
      capability,
      connectionAnswers: this.#connectionAnswers(startedAt),
      since: startedAt,
    })
    return false
  }
}
