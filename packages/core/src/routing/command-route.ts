import type { ManagedConnection } from '../connections/managed-connection.ts'
import { beginRepeat } from '../retry/begin-repeat.ts'
import { Pauses } from '../retry/pauses.ts'
import { BlockingConnections } from './blocking-connections.ts'
import { type Call, whenGivenUp } from './call.ts'
import type { CallLimits } from './call-limits.ts'
import { type CommandTask, type FailedAttempt, isRepeatable, limitsOf } from './command-task.ts'
import { connectionsByOrder } from './connections-by-order.ts'
import type { Deadlines } from './deadlines.ts'
import { InFlightLimit } from './in-flight-limit.ts'
import { nameEndpoint } from './name-endpoint.ts'
import { RefusedWrites } from './refused-writes.ts'
import { ambiguousResult, decideRepeat, keepDoubt, outcomeOf } from './repeat.ts'
import type { RoutePorts } from './route-ports.ts'
import { RouteWatchers } from './route-watchers.ts'
import { runLimited } from './run-limited.ts'
import { sendAttempt } from './send-attempt.ts'
import { forEndpoint, WaitingCommands } from './waiting-commands.ts'

/**
 * The way of one transparent client to whichever endpoint serves now. It holds the client's own connection to each
 * endpoint in use, so that one client's blocking command never holds up another's.
 *
 * The fast path of an adapter is: `take()`, `connection.begin()`, hand the command to `connection.client`, and attach
 * `.then(connection.onReply, (error) => route.recover(...))`. Everything else is for when that did not work.
 */
export class CommandRoute<TClient = unknown> {
  /** The deadlines of calls that bring no limits of their own; `undefined` where they have none. */
  readonly deadlines: Deadlines | undefined
  readonly #ports: RoutePorts<TClient>
  readonly #held = new Map<string, ManagedConnection<TClient>>()
  #byOrder: (ManagedConnection<TClient> | undefined)[] = []
  readonly #waiting: WaitingCommands
  readonly #refusedWrites: RefusedWrites
  readonly #watchers = new RouteWatchers()
  readonly #pauses: Pauses
  #current: ManagedConnection<TClient> | undefined
  #prepare: ((connection: ManagedConnection<TClient>) => void) | undefined
  #blocking: BlockingConnections<TClient> | undefined
  readonly #limit: InFlightLimit<TClient> | undefined
  // Neither a choice nor a limit: `take()` has nothing to ask.
  readonly #isPlain: boolean
  #onDetour: ((task: CommandTask<TClient, unknown>, connection: ManagedConnection<TClient>) => void) | undefined
  #lastError: unknown
  #closed = false

  constructor(ports: RoutePorts<TClient>) {
    this.#ports = ports
    this.deadlines = ports.limiter.deadlines(ports.commandTimeout)
    this.#pauses = new Pauses(ports.timers)
    this.#refusedWrites = new RefusedWrites(ports)
    const { maxInFlight } = ports
    if (maxInFlight !== undefined)
      this.#limit = new InFlightLimit(maxInFlight, ports.timers.clock, () => {
        if (this.#waiting.size > 0) this.#waiting.release(() => this.#canSend())
      })
    const limit = this.#limit
    this.#isPlain = ports.pick === undefined && limit === undefined
    this.#waiting = new WaitingCommands({
      ...forEndpoint(ports, () => this.#lastError),
      outageSince: limit === undefined ? undefined : () => limit.outageSince,
    })
  }

  /** The connection for the next command, or `undefined` when it has to wait: then call `run`. */
  take(): ManagedConnection<TClient> | undefined {
    if (this.#isPlain) return this.#current
    // Nobody overtakes those that wait for a place.
    if (this.#limit !== undefined && (this.#waiting.size > 0 || this.#limit.isReached)) return undefined
    return this.#pick()
  }

  /** Whether `maxInFlight` is set: then each command has to ask `take()` for itself. */
  get isLimited(): boolean {
    return this.#limit !== undefined
  }

  #pick(): ManagedConnection<TClient> | undefined {
    const { pick } = this.#ports
    if (pick === undefined) return this.#current
    const endpoint = pick()
    // Its connection may be missing for the moment: any other that is held will do.
    return (endpoint && this.#byOrder[endpoint.order]) ?? this.#current ?? this.#held.values().next().value
  }

  /** The connection to the active endpoint, which connection-bound work uses. */
  get current(): ManagedConnection<TClient> | undefined {
    return this.#current
  }

  get isClosed(): boolean {
    return this.#closed
  }

  /** The group's epoch: what was read under one must not be used under another. */
  get epoch(): number {
    return this.#ports.epoch()
  }

  /** Calls `listener` whenever `current` changes; returns how to stop that. */
  onChange(listener: () => void): () => void {
    return this.#watchers.onChange(listener)
  }

  /** Calls `listener` with every attempt that did not go by `take()`, before it is sent. */
  onDetour(listener: (task: CommandTask<TClient, unknown>, connection: ManagedConnection<TClient>) => void): void {
    this.#onDetour = listener
  }

  /** Puts a call under its limits; false if its signal is aborted already, and then it has ended. @throws ConfigurationError */
  limit(call: Call, limits: CallLimits): boolean {
    const { timeout = this.#ports.commandTimeout } = limits
    return this.#ports.limiter.limit(call, { ...limits, timeout })
  }

  /** Calls `prepare` with every connection of the route, later ones included, before any further command on it. */
  prepareWith(prepare: (connection: ManagedConnection<TClient>) => void): void {
    this.#prepare = prepare
    this.#blocking?.prepareWith(prepare)
    for (const connection of this.#held.values()) prepare(connection)
  }

  /** Sends a command as soon as an endpoint is available, repeating it as far as that is safe. */
  run<T>(task: CommandTask<TClient, T>, attempt = 1): Promise<T> {
    if (task.call === undefined && (task.limits !== undefined || this.deadlines !== undefined))
      return this.#limited(task, (limited) => this.run(limited))
    if (task.call?.over === true) return Promise.reject(new Error('The call is over: its caller has the answer.'))
    if (this.#closed) return Promise.reject(this.#ports.closedError())
    const connection = this.#waiting.size === 0 && this.#limit?.isReached !== true ? this.#choose(task) : undefined
    if (connection !== undefined) return this.#dispatch(connection, task, attempt)
    return new Promise<T>((resolve, reject) => {
      const leave = this.#waiting.add(() => {
        const ready = this.#choose(task)
        if (ready === undefined) reject(this.#ports.noEndpoint(0, this.#lastError))
        else this.#dispatch(ready, task, attempt).then(resolve, reject)
      }, reject)
      whenGivenUp(task.call, leave)
    })
  }

  /** The same for what the server may hold back on purpose: on a connection of its own, so that it holds up no other. */
  runBlocking<T>(task: CommandTask<TClient, T>): Promise<T> {
    if (this.#closed) return Promise.reject(this.#ports.closedError())
    this.#blocking ??= new BlockingConnections(this.#ports.blocking, this.#prepare)
    const connections = this.#blocking
    return task.limits === undefined && this.deadlines === undefined
      ? connections.run(task)
      : this.#limited(task, (limited) => connections.run(limited))
  }

  /** Ends what blocks, at once. */
  endBlocking(): void {
    this.#blocking?.close(false)
  }

  #limited<T>(task: CommandTask<TClient, T>, run: (task: CommandTask<TClient, T>) => Promise<T>): Promise<T> {
    return runLimited(task, limitsOf(task, this.deadlines?.durationMs), (call, limits) => this.limit(call, limits), run)
  }

  /** After a failed attempt: repeats it if that is safe, or rejects with the error that tells the caller what he needs. */
  async recover<T>(failed: FailedAttempt<TClient>, task: CommandTask<TClient, T>): Promise<T> {
    const { connection, error, attempt } = failed
    const ports = this.#ports
    connection.countFailure()
    const verdict = ports.classify(error)
    if (verdict.attempt === 'answered' && verdict.evidence.weight === 'none')
      throw nameEndpoint(error, connection.endpointId)
    const outcome = outcomeOf(ports, task, verdict)
    if (connection.alive) ports.observe(connection, verdict, error)
    const { call } = task
    if (call !== undefined) {
      if (call.over) throw error
      call.carrier = undefined
      if (outcome === 'ambiguous') call.ambiguousOn = connection.endpointId
    }
    if (this.#closed)
      throw outcome === 'ambiguous' && !isRepeatable(task, ports.isIdempotent)
        ? ambiguousResult(failed, task)
        : ports.closedError()
    const { endpointId } = connection
    const endpointLeft = !connection.alive || !this.#holds(connection)
    const keepsLosing = endpointLeft && ports.targets().includes(endpointId) && ports.keepsLosing(endpointId)
    const decision = decideRepeat(ports, task, { outcome, retry: verdict.retry, attempt, endpointLeft, keepsLosing })
    if (decision.action === 'ambiguous') throw ambiguousResult(failed, task)
    if (decision.action === 'give-up' || outcome === 'answered') throw error
    this.#lastError = error
    const waits = outcome === 'rejected' && !endpointLeft && this.#refusedWrites.mustWait(endpointId)
    const repeat = waits ? await this.#refusedWrites.wait(error, call) : decision
    beginRepeat(ports, { endpointId, command: task.name, attempt, outcome, error }, repeat)
    if (repeat.delayMs > 0) await this.#pauses.pause(repeat.delayMs, (end) => whenGivenUp(call, end))
    return keepDoubt(outcome, failed, task, this.run(task, attempt + 1))
  }

  /** Fits what is held to the endpoints in use, and lets waiting commands go: they changed, or one is `ready` for a connection. */
  update(ready?: string): void {
    if (this.#closed || (ready !== undefined && this.#held.get(ready)?.isUsable() === true)) return
    const ports = this.#ports
    const targets = ports.targets()
    const wanted = new Set(targets)
    for (const [id, connection] of this.#held) {
      if (wanted.has(id) && connection.isUsable()) continue
      this.#held.delete(id)
      if (connection.alive) ports.retire(connection)
    }
    for (const id of targets) {
      if (this.#held.has(id)) continue
      const connection = ports.connectionsOf(id)?.take()
      if (connection === undefined) {
        ports.onMissing(id)
        continue
      }
      this.#held.set(id, connection)
      ports.watch(connection)
      this.#limit?.add(connection)
      this.#prepare?.(connection)
    }
    this.#byOrder = connectionsByOrder(this.#held, ports)
    const before = this.#current
    this.#current = targets[0] === undefined ? undefined : this.#held.get(targets[0])
    this.#noteEndpoint()
    this.#refusedWrites.release(this.#held.keys())
    this.#waiting.release(() => this.#canSend())
    this.#announce(before)
  }

  /** Resolves when commands can be sent, or when there is no endpoint that they could be sent to. */
  ready(): Promise<void> {
    return this.#watchers.until(() => this.#closed || this.#current !== undefined || this.#ports.targets().length === 0)
  }

  /** Stops using a connection at once, because it was lost or replaced. */
  forget(connection: ManagedConnection<TClient>): void {
    if (this.#held.get(connection.endpointId) !== connection) return
    this.#held.delete(connection.endpointId)
    this.#byOrder = connectionsByOrder(this.#held, this.#ports)
    if (this.#current === connection) {
      this.#current = undefined
      this.#noteEndpoint()
      this.#watchers.changed()
    }
  }

  /** Rejects what waits; ends the connections, after what is in flight with `graceful`. */
  close(graceful: boolean): void {
    if (this.#closed) return
    this.#closed = true
    this.#current = undefined
    this.#waiting.failAll(this.#ports.closedError())
    this.#refusedWrites.failAll(this.#ports.closedError())
    this.#blocking?.close(graceful)
    for (const connection of this.#held.values()) {
      if (graceful) this.#ports.retire(connection)
      else this.#ports.connectionsOf(connection.endpointId)?.release(connection, 'its client was closed')
    }
    this.#held.clear()
    this.#byOrder = []
    // `run` then says that it is closed.
    this.#pauses.endAll()
    this.#announce(undefined)
  }

  // A connection is given up when its endpoint is left, and never taken up again: no clock and no epoch is needed to tell.
  #holds(connection: ManagedConnection<TClient>): boolean {
    return this.#held.get(connection.endpointId) === connection
  }

  #choose(task: CommandTask<TClient, unknown>): ManagedConnection<TClient> | undefined {
    return task.bound === true ? (this.#current ?? this.#pick()) : this.#pick()
  }

  // Unlike `take()` it asks no strategy, for which each question is a choice.
  #canSend(): boolean {
    if (!this.#hasEndpoint) return false
    // A reply may have freed a place on a connection that has just ended: then the next one lets them go.
    return this.#limit === undefined || (!this.#limit.isReached && this.#current?.isUsable() !== false)
  }

  get #hasEndpoint(): boolean {
    return this.#current !== undefined || (this.#ports.pick !== undefined && this.#held.size > 0)
  }

  #noteEndpoint(): void {
    this.#limit?.noteEndpoint(this.#hasEndpoint)
    if (this.#ports.selectionTimeout === 0 && this.#waiting.size > 0 && !this.#hasEndpoint)
      this.#waiting.failAll(this.#ports.noEndpoint(0, this.#lastError))
  }

  #announce(before: ManagedConnection<TClient> | undefined): void {
    if (this.#current !== before || this.#closed) this.#watchers.changed()
    this.#watchers.look()
  }

  #dispatch<T>(connection: ManagedConnection<TClient>, task: CommandTask<TClient, T>, attempt: number): Promise<T> {
    this.#onDetour?.(task, connection)
    return sendAttempt(connection, task, (error) => this.recover({ connection, error, attempt }, task))
  }
}
