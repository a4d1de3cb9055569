import type { Timer } from '../runtime/clock.ts'
import type { StallDetector } from '../runtime/stall-detector.ts'
import type { TimerScope } from '../runtime/timer-scope.ts'
import type { ManagedConnection } from './managed-connection.ts'

/** What the watch needs to know of a connection's endpoint, and what it reports. Times are milliseconds. */
export interface WatchedEndpoint {
  readonly suspicion: number
  readonly timeout: number
  readonly silenceTimeout: (bytesVisible: boolean) => number
  /** Whether the endpoint is probed at all while it is up. */
  readonly isProbed: boolean
  /** A probe of the endpoint is out and unanswered. */
  readonly isProbing: () => boolean
  /** The endpoint answers on its monitor connection. */
  readonly answers: () => boolean
  /** A command in flight has been silent for `suspicion`: probe now. */
  readonly onSuspicion: () => void
  /** No progress for `timeout`: `strikes` strikes so far for this silence. */
  readonly onSilence: (connection: ManagedConnection, silentMs: number, strikes: number) => void
  /** Progress was seen. */
  readonly onProgress: (connection: ManagedConnection) => void
  /** The endpoint answers and this connection alone does not: replace it. */
  readonly onStuck: (connection: ManagedConnection, silentMs: number) => void
  /** Commands settled since the last look, how many of them failed, and the mean number in flight. */
  readonly onThroughput: (
    connection: ManagedConnection,
    settled: number,
    failed: number,
    inFlight: number,
    elapsedMs: number,
  ) => void
}

interface Watched {
  readonly endpoint: WatchedEndpoint
  settled: number
  failed: number
  bytes: number | undefined
  /** Two looks enclose the moment when silence began; each use takes the end that errs on its safe side. */
  quietSinceEarliest: number
  quietSinceLatest: number
  /** Nothing was owed at the last look: whatever is silent now may have been sent in this very moment. */
  idle: boolean
  suspected: boolean
  /** Strikes for the present silence. */
  strikes: number
}

/** How often connections with commands in flight are looked at: a tenth of the shortest suspicion, within these bounds. */
const MIN_TICK_MS = 10
const MAX_TICK_MS = 50
/** Looks without anything in flight after which the watch sleeps until a command wakes it. */
const IDLE_TICKS = 40

/**
 * Watches all connections that carry commands for silence, by sampling the counters that the fast path keeps: nothing is
 * done per command, and no clock is read for one.
 */
export class ProgressWatch {
  readonly #timers: TimerScope
  readonly #stalls: StallDetector
  readonly #watched = new Map<ManagedConnection, Watched>()
  #timer: Timer | undefined
  #idleTicks = 0
  #tickMs = MAX_TICK_MS
  #lastTickAt = 0

  constructor(timers: TimerScope, stalls: StallDetector) {
    this.#timers = timers
    this.#stalls = stalls
  }

  add(connection: ManagedConnection, endpoint: WatchedEndpoint): void {
    const now = this.#timers.clock.now()
    this.#watched.set(connection, {
      endpoint,
      settled: connection.settled,
      failed: connection.failed,
      bytes: connection.bytesRead(),
      quietSinceEarliest: now,
      quietSinceLatest: now,
      idle: true,
      suspected: false,
      strikes: 0,
    })
    this.wake()
  }

  remove(connection: ManagedConnection): void {
    this.#watched.delete(connection)
  }

  /** Starts looking, if it had gone to sleep because nothing was in flight. */
  wake(): void {
    if (this.#timer !== undefined || this.#watched.size === 0) return
    const now = this.#timers.clock.now()
    this.#idleTicks = 0
    this.#lastTickAt = now
    // The time asleep is nobody's silence.
    for (const watched of this.#watched.values()) {
      watched.quietSinceEarliest = now
      watched.quietSinceLatest = now
      watched.idle = true
    }
    this.#arm()
  }

  #arm(): void {
    let shortest = Infinity
    for (const { endpoint } of this.#watched.values()) shortest = Math.min(shortest, endpoint.suspicion)
    this.#tickMs = Math.min(Math.max(shortest / 10, MIN_TICK_MS), MAX_TICK_MS)
    // A decision: what has already arrived is read before silence is judged.
    this.#timer = this.#timers.setDecision(this.#tickMs, () => this.#tick())
  }

  #tick(): void {
    const now = this.#timers.clock.now()
    const previous = this.#lastTickAt
    this.#lastTickAt = now
    // Time in which our own loop stood still is nobody's silence.
    const stalledMs = this.#stalls.stalledSince(previous)
    let busy = false
    for (const [connection, watched] of [...this.#watched]) {
      if (!connection.alive) {
        this.#watched.delete(connection)
        continue
      }
      if (connection.inFlight > 0) busy = true
      this.#look(connection, watched, previous, now, stalledMs)
    }
    this.#idleTicks = busy ? 0 : this.#idleTicks + 1
    this.#timer = undefined
    if (this.#idleTicks < IDLE_TICKS && this.#watched.size > 0) this.#arm()
  }

  #look(connection: ManagedConnection, watched: Watched, previous: number, now: number, stalledMs: number): void {
    const { endpoint } = watched
    const bytes = connection.bytesRead()
    const settled = connection.settled - watched.settled
    if (settled > 0)
      endpoint.onThroughput(
        connection,
        settled,
        connection.failed - watched.failed,
        connection.inFlight,
        now - previous,
      )
    const replied = settled - (connection.failed - watched.failed)
    const progressed = replied > 0 || (bytes !== undefined && bytes !== watched.bytes)
    watched.settled = connection.settled
    watched.failed = connection.failed
    watched.bytes = bytes
    if (progressed) endpoint.onProgress(connection)
    const owesNothing = connection.inFlight === 0 || connection.blocking > 0
    if (progressed || owesNothing) {
      watched.quietSinceEarliest = previous
      watched.quietSinceLatest = now
      watched.idle = owesNothing
      watched.suspected = false
      watched.strikes = 0
      return
    }
    // Looks are late when our own loop is held up, and until that is long enough to be a stall, nothing else makes up for it.
    if (watched.idle) watched.quietSinceLatest = now
    watched.idle = false
    watched.quietSinceEarliest = Math.min(watched.quietSinceEarliest + stalledMs, now)
    watched.quietSinceLatest = Math.min(watched.quietSinceLatest + stalledMs, now)
    this.#judge(connection, watched, now)
  }

  #judge(connection: ManagedConnection, watched: Watched, now: number): void {
    const { endpoint } = watched
    const silentMs = now - watched.quietSinceLatest
    // A strike counts from the latest moment that silence can have begun. A probe too many or a new connection costs
    // little, so these count from the earliest, and come now if they would be late at the next look.
    const quietByNextLook = now + this.#tickMs - watched.quietSinceEarliest
    if (!watched.suspected && quietByNextLook >= endpoint.suspicion) {
      watched.suspected = true
      endpoint.onSuspicion()
    }
    const strikes = this.#strikesOf(watched, silentMs)
    if (strikes > watched.strikes) {
      watched.strikes = strikes
      endpoint.onSilence(connection, silentMs, strikes)
    }
    if (
      quietByNextLook >= endpoint.silenceTimeout(watched.bytes !== undefined) &&
      connection.alive &&
      endpoint.answers()
    ) {
      endpoint.onStuck(connection, silentMs)
    }
  }

  // One strike for a silence, however long: probes give the others. Where nothing is probed, each further span is one.
  #strikesOf({ endpoint, bytes, strikes }: Watched, silentMs: number): number {
    if (endpoint.isProbed) {
      const counts = silentMs >= endpoint.timeout && (bytes !== undefined || endpoint.isProbing())
      return counts ? 1 : strikes
    }
    return Math.floor(silentMs / (bytes === undefined ? endpoint.silenceTimeout(false) : endpoint.timeout))
  }
}
