import type { TopologyReport } from '../../adapter/topology-report.ts'
import type { Random } from '../../runtime/random.ts'
import type { VirtualClock } from '../virtual-clock.ts'
import { executeCommand, replyError, runsWhileLoading, type ScriptedServerState } from './scripted-commands.ts'
import type { ScriptedConnection } from './scripted-connection.ts'
import { systemError } from './scripted-errors.ts'
import { ScriptedPubSub } from './scripted-pub-sub.ts'
import { type ScriptedMaster, ScriptedReplication } from './scripted-replication.ts'

/**
 * How a scripted endpoint behaves.
 *
 * `ok` answers; `{ slow }` answers with that round trip in milliseconds; `hung` takes commands and connections and does
 * nothing with them until the mode changes, like a process under SIGSTOP; `refusing` refuses new connections and keeps
 * the old; `resetting` accepts connections and resets each at its first command, which has executed by then; `loading`
 * answers LOADING; `readOnly` is a replica. `wrongPassword`, `tooManyConnections` and `nameNotFound` reject
 * new connections in their own way and keep the old; so does `closingNew`, which closes them without a word.
 */
export type ScriptedMode =
  | 'ok'
  | 'hung'
  | 'refusing'
  | 'resetting'
  | 'loading'
  | 'readOnly'
  | 'wrongPassword'
  | 'tooManyConnections'
  | 'closingNew'
  | 'nameNotFound'
  | { readonly slow: number | (() => number) }

/** One command that a scripted endpoint has executed. */
export interface ExecutedCommand {
  /** Monotonic milliseconds. */
  readonly at: number
  readonly endpointId: string
  readonly connectionId: number
  readonly args: readonly string[]
}

export interface ScriptedAnswer {
  readonly value: unknown
  readonly isError: boolean
}

export interface ScriptedEndpointSettings {
  readonly id: string
  readonly clock: VirtualClock
  readonly random: Random
  readonly latencyMs: number
  readonly keepInLog: (executed: ExecutedCommand) => boolean
  /** The log of all endpoints together. */
  readonly sharedLog: ExecutedCommand[]
}

const TOPOLOGY_IN_ORDER: TopologyReport = { ok: true, primaries: 3, answering: 3, message: 'scripted' }

/** A Redis server made of nothing but a script: its mode can change at any time, from a test or from a timer of the clock. */
export class ScriptedEndpoint implements ScriptedMaster {
  readonly id: string
  readonly clock: VirtualClock
  /** What this endpoint has executed, in order. Commands that were refused (LOADING, READONLY, ...) are not in it. */
  readonly log: ExecutedCommand[] = []
  readonly #settings: ScriptedEndpointSettings
  readonly #keys: ScriptedServerState['keys'] = new Map()
  /** Connections that clients hold open, or are opening. */
  readonly #held = new Set<ScriptedConnection>()
  /** Connections that the server has accepted and not closed. A client may have given its end up meanwhile. */
  readonly #accepted = new Set<ScriptedConnection>()
  /** What arrived while the server was hung: the kernel keeps it, and the server works it off when it resumes. */
  #backlog: (() => void)[] = []
  /** Who is subscribed to what, and to what nobody may be. */
  readonly pubSub = new ScriptedPubSub()
  #mode: ScriptedMode = 'ok'
  #topology: TopologyReport = TOPOLOGY_IN_ORDER
  #runId: string
  /** Its replication ids and offsets, and whom it follows. */
  readonly replication: ScriptedReplication

  constructor(settings: ScriptedEndpointSettings) {
    this.id = settings.id
    this.clock = settings.clock
    this.#settings = settings
    this.#runId = makeRunId(settings.random)
    this.replication = new ScriptedReplication({ clock: settings.clock, makeId: () => makeRunId(settings.random) })
  }

  /** What a look at all servers of a `managed` endpoint finds. */
  get topology(): TopologyReport {
    return this.#topology
  }

  /** Changes what a look at all servers finds from now on; what is left out stays in order. */
  setTopology(changes: Partial<TopologyReport> = {}): void {
    this.#topology = { ...TOPOLOGY_IN_ORDER, ...changes }
  }

  get mode(): ScriptedMode {
    return this.#mode
  }

  /** Forty hexadecimal digits that change at each `restart()`. */
  get runId(): string {
    return this.#runId
  }

  /** The connections that clients hold open now, or are opening, in order of `connect()`. */
  get connections(): readonly ScriptedConnection[] {
    return [...this.#held]
  }

  /** Changes the behaviour from now on. Leaving `hung` works off what has arrived meanwhile, in order. */
  setMode(mode: ScriptedMode): void {
    this.#mode = mode
    if (mode === 'resetting') this.#closeAll('ECONNRESET')
    if (mode === 'hung') return
    const backlog = this.#backlog
    this.#backlog = []
    for (const work of backlog) work()
  }

  /** `setMode({ slow })`: answers with a round trip of `roundTripMs`, or of whatever the function says each time. */
  slow(roundTripMs: number | (() => number)): void {
    this.setMode({ slow: roundTripMs })
  }

  /** The process dies: all connections are closed, what it had not executed is lost, new connections are refused. */
  crash(): void {
    this.#backlog = []
    this.#mode = 'refusing'
    this.#closeAll('ECONNRESET')
  }

  /** The process starts again with a new run id. Its data is still there, unless `keepData` is false. */
  restart({ keepData = true }: { keepData?: boolean } = {}): void {
    if (!keepData) this.#keys.clear()
    this.#runId = makeRunId(this.#settings.random)
    this.replication.restart(keepData)
    this.setMode('ok')
  }

  /**
   * REPLICAOF: takes the data of `master`, and every write of it `delayMs` after it was executed there; `Infinity` for a
   * link that is cut. Writes sent here are refused from now on.
   */
  replicaOf(master: ScriptedEndpoint, { delayMs = 0 }: { delayMs?: number } = {}): void {
    this.#keys.clear()
    for (const [key, value] of master.#keys) this.#keys.set(key, value)
    this.replication.follow(this, master, delayMs)
  }

  /** REPLICAOF NO ONE: takes writes again, under a new replication id. Its old master goes on as if nothing had happened. */
  promote(): void {
    this.replication.promote(this)
  }

  /** For a master: runs a write that it has executed. */
  applyWrite(args: readonly string[]): void {
    executeCommand(this.#serverState('master'), args)
  }

  /** Closes all connections, like CLIENT KILL; the mode stays. */
  killConnections(): void {
    this.#closeAll(undefined)
  }

  /** Closes all connections that carry subscriptions, like CLIENT KILL TYPE pubsub. */
  killSubscribers(): void {
    for (const connection of this.#accepted) if (connection.isSubscriber) this.#close(connection, undefined)
  }

  /** Publishes to whoever is subscribed now; a hung server does so when it resumes. */
  publish(channel: string, message: string): void {
    const deliver = (): void => {
      this.pubSub.publish(channel, message, this.#oneWayMs())
    }
    if (this.#mode === 'hung') this.#backlog.push(deliver)
    else deliver()
  }

  /** The value of a key now: a string, a list, or `undefined`. */
  valueOf(key: string): string | readonly string[] | undefined {
    const value = this.#keys.get(key)
    return value !== undefined && value.expiresAt > this.clock.now() ? value.data : undefined
  }

  /** For the connection: a client connects. */
  acceptFrom(connection: ScriptedConnection): void {
    this.#held.add(connection)
    connection.sendToServer(this.#oneWayMs(), () => {
      this.#accepted.add(connection)
      this.#work(connection, () => {
        const refusal = this.#refusal()
        if (refusal !== undefined) this.#accepted.delete(connection)
        connection.sendToClient(this.#oneWayMs(), () =>
          refusal === undefined ? connection.becomeReady() : connection.lose(refusal),
        )
      })
    })
  }

  /** For the connection: a client sends a command. */
  receiveFrom(connection: ScriptedConnection, args: readonly string[], answer: (answer: ScriptedAnswer) => void): void {
    connection.sendToServer(this.#oneWayMs(), () =>
      this.#work(connection, () => {
        const result = this.#execute(connection, args)
        if (this.#mode === 'resetting') this.#close(connection, 'ECONNRESET')
        else connection.sendToClient(this.#oneWayMs(), () => answer(result))
      }),
    )
  }

  /** For the connection: its client end is no longer open, for whatever reason. */
  release(connection: ScriptedConnection): void {
    this.#held.delete(connection)
  }

  /** For the connection: the client gave it up. The server still executes what was written before. */
  closedByClient(connection: ScriptedConnection): void {
    connection.sendToServer(this.#oneWayMs(), () =>
      this.#work(connection, () => {
        this.#accepted.delete(connection)
        this.pubSub.forget(connection)
      }),
    )
  }

  #work(connection: ScriptedConnection, work: () => void): void {
    const unlessClosed = (): void => {
      if (this.#accepted.has(connection)) work()
    }
    if (this.#mode === 'hung') this.#backlog.push(unlessClosed)
    else unlessClosed()
  }

  #execute(connection: ScriptedConnection, args: readonly string[]): ScriptedAnswer {
    try {
      if (this.#mode === 'loading' && !runsWhileLoading(args[0] ?? ''))
        throw replyError('LOADING Redis is loading the dataset in memory')
      const role = this.#mode === 'readOnly' || this.replication.master !== undefined ? 'slave' : 'master'
      const value = this.pubSub.execute(connection, args) ?? executeCommand(this.#serverState(role), args)
      const executed = { at: this.clock.now(), endpointId: this.id, connectionId: connection.id, args }
      this.#record(executed)
      return { value, isError: false }
    } catch (error) {
      return { value: error, isError: true }
    }
  }

  #serverState(role: 'master' | 'slave'): ScriptedServerState {
    return {
      keys: this.#keys,
      role,
      runId: this.#runId,
      now: this.clock.now(),
      replicationInfo: () => this.replication.info(role),
      onWrite: (args) => this.replication.record(args),
    }
  }

  #record(executed: ExecutedCommand): void {
    if (!this.#settings.keepInLog(executed)) return
    this.log.push(executed)
    this.#settings.sharedLog.push(executed)
  }

  #refusal(): Error | undefined {
    if (this.#mode === 'refusing') return systemError('ECONNREFUSED', 'connect', this.id)
    if (this.#mode === 'nameNotFound') return systemError('ENOTFOUND', 'getaddrinfo', this.id)
    if (this.#mode === 'wrongPassword')
      return replyError('WRONGPASS invalid username-password pair or user is disabled.')
    if (this.#mode === 'tooManyConnections') return replyError('ERR max number of clients reached')
    if (this.#mode === 'closingNew') return systemError('EPIPE', 'write', this.id)
    return undefined
  }

  #closeAll(code: string | undefined): void {
    for (const connection of this.#accepted) this.#close(connection, code)
  }

  #close(connection: ScriptedConnection, code: string | undefined): void {
    this.#accepted.delete(connection)
    this.pubSub.forget(connection)
    const error =
      code === undefined ? new Error(`${this.id} closed the connection`) : systemError(code, 'read', this.id)
    connection.sendToClient(this.#oneWayMs(), () => connection.lose(error))
  }

  #oneWayMs(): number {
    if (typeof this.#mode !== 'object') return this.#settings.latencyMs / 2
    const { slow } = this.#mode
    return (typeof slow === 'function' ? slow() : slow) / 2
  }
}

const makeRunId = (random: Random): string =>
  Array.from({ length: 40 }, () => Math.floor(random() * 16).toString(16)).join('')
