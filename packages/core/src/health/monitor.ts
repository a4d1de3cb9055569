import { MIN_PROBE_GAP_MS } from '../options/resolve-health.ts'
import type { Timer } from '../runtime/clock.ts'
import { jitter, type Random } from '../runtime/random.ts'
import type { TimerScope } from '../runtime/timer-scope.ts'
import { isLive, strikes } from './health-state.ts'
import { MonitorConnection } from './monitor-connection.ts'
import type { ProbeConnection } from './monitor-ports.ts'
import { type ProbeRun, ProbeRunner } from './probe-runner.ts'
import { INTERVAL_JITTER, nextProbeDelay } from './probe-schedule.ts'
import type { ProbeTarget } from './probe-target.ts'
import { askIdentity, type ServerIdentity } from './server-identity.ts'

export interface MonitorOptions extends ProbeTarget {
  readonly timers: TimerScope
  readonly random: Random
}

/**
 * A confirmation that is lost itself is repeated this soon, in milliseconds: it may have met a process that is just dying,
 * whose listener closes last, and the next one is refused.
 */
const CONFIRM_AGAIN_MS = 20

/** The monitor's own connection is opened this much after the endpoint came up, in milliseconds: first things first. */
const OWN_CONNECTION_DELAY_MS = 5

/**
 * Watches one endpoint: a regular probe on a connection of its own, a confirming probe when a connection was lost, a
 * fresh one now and then. One probe per connection at a time; requests coalesce. It says when to ask, `ProbeRunner` asks
 * and reports; what the observations mean is decided by `reduceHealth`.
 */
export class Monitor {
  readonly #options: MonitorOptions
  readonly #connection = new MonitorConnection()
  readonly #runner: ProbeRunner
  #regular: ProbeRun | undefined
  #extra: ProbeRun | undefined
  #nextRegular: Timer | undefined
  #nextRegularAt = Infinity
  #nextFresh: Timer | undefined
  #opensOwn: Timer | undefined
  #lastRegularAt = -Infinity
  #lastConfirmingAt = -Infinity
  #stopped = true

  constructor(options: MonitorOptions) {
    this.#options = options
    this.#runner = new ProbeRunner({
      target: options,
      connection: this.#connection,
      connectionAnswers: (since) => this.connectionAnswers(since),
    })
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
    if (this.#connection.of(health().generation) === undefined) return false
    const { lastAnswerAt } = this.#connection
    const lately = lastAnswerAt >= now - interval * (1 + INTERVAL_JITTER) - timeout
    return lastAnswerAt >= since || (lately && this.#regular === undefined)
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
    this.#opensOwn?.cancel()
    this.#supersede(this.#extra)
    this.#extra = undefined
    this.dropConnection('the endpoint is no longer watched')
  }

  /** Ends the monitor connection, and with it the probe that is out on it, which says nothing then; ask for the next one. */
  dropConnection(why: string): void {
    this.#supersede(this.#regular)
    this.#regular = undefined
    this.#connection.drop(why)
  }

  /** The connection that regular probes go over, while it is open. */
  get connection(): ProbeConnection | undefined {
    return this.#connection.of(this.#options.health().generation)
  }

  /** Asks the server who it is, over the monitor connection; `undefined` where there is none, or no answer in time. */
  async askIdentity(): Promise<ServerIdentity | undefined> {
    const { settings, stalls, managed } = this.#options
    const { connection } = this
    // Of several servers, any might answer.
    if (connection === undefined || managed()) return undefined
    const answer = await askIdentity(connection, ['replication'], settings().timeout, stalls)
    return answer === 'refused' ? undefined : answer
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
    this.#supersede(this.#extra)
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
    const gap = this.#options.health().failedConfirmations > 0 ? CONFIRM_AGAIN_MS : MIN_PROBE_GAP_MS
    const wait = this.#lastConfirmingAt + gap - this.#options.timers.clock.now()
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
    const run = this.#runner.begin('regular')
    this.#regular = run
    void this.#runner.run(run).then((repeat) => {
      if (run.abort.signal.aborted) return
      this.#regular = undefined
      if (repeat) this.requestRegular()
      else if (this.#extra?.kind !== 'confirming') this.#scheduleRegular()
      if (this.#connection.isHandedOver) this.#openOwnLater()
    })
  }

  // Its first connection carries the application's first commands now.
  #openOwnLater(): void {
    this.#opensOwn?.cancel()
    this.#opensOwn = this.#options.timers.set(OWN_CONNECTION_DELAY_MS, () => void this.#openOwn())
  }

  async #openOwn(): Promise<void> {
    const { health, settings, ports } = this.#options
    if (!this.#isMissing) return
    try {
      const connection = await ports.connect('regular', settings().timeout, false)
      // A probe may have opened one meanwhile.
      if (this.#isMissing && connection.generation === health().generation) this.#connection.replace(connection)
      else connection.destroy('the endpoint is watched by another connection')
    } catch {
      // A probe that fails in the same way says what it means.
      if (this.#isMissing) this.requestRegular()
    }
  }

  /** The monitor has no connection of its own yet, and nothing opens one. */
  get #isMissing(): boolean {
    return !this.#stopped && this.#regular === undefined && this.#connection.isHandedOver
  }

  #runExtra(kind: 'confirming' | 'fresh'): void {
    if (this.#stopped) return
    this.#supersede(this.#extra)
    const run = this.#runner.begin(kind)
    this.#extra = run
    if (kind === 'confirming') this.#lastConfirmingAt = this.#options.timers.clock.now()
    void this.#runner.run(run).then((repeat) => {
      if (run.abort.signal.aborted) return
      this.#extra = undefined
      const { health } = this.#options
      if (kind === 'confirming' && (repeat || health().confirming)) this.requestConfirming()
      else if (kind === 'confirming') this.#afterConfirmation()
      this.#scheduleFresh()
    })
  }

  // The regular probe was called off for the confirmation; the monitor connection may have died with the others.
  #afterConfirmation(): void {
    if (!this.#connection.alive) this.requestRegular()
    else this.#scheduleRegular()
  }

  #scheduleRegular(notAfter = Infinity): void {
    const { health, settings, ports, random, checks, timers } = this.#options
    // Without checks there is nothing to ask of an endpoint that is up and takes writes: the application's traffic is the
    // evidence. Trouble is followed to its end all the same: who is avoided for it gets no traffic that could clear it.
    if (checks.length === 0 && isLive(health()) && health().writable && strikes(health()) === 0) return
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

  #supersede(run: ProbeRun | undefined): void {
    run?.abort.abort()
  }
}
