import {
  type CommandRoute,
  type CommandTask,
  ConnectionName,
  CursorBook,
  type FailoverGroup,
  isBlockingCommand,
  isConnectionStateCommand,
  type ManagedConnection,
  type MessageHandler,
  mayNeedCare,
  type Subscriber,
  UnconfirmedWrites,
} from '@redis-endpoint-failover/core'
import type { CommandOptions, Internals, RedisArguments } from '../native/internals.ts'
import type { NodeRedisOptions } from '../options/node-redis-options.ts'
import { limitsOf } from './call-options.ts'
import { blockingTask, commandTask, isCursorCommand, nameOf } from './command-tasks.ts'
import { refuseConnectionState } from './refusals.ts'

/** One of the group's connections to an endpoint. */
export type Connection = ManagedConnection<unknown>

export type Group = FailoverGroup<unknown, NodeRedisOptions>

/** Where the methods of the native client of a connection do their work. */
export const nativeOf = (connection: Connection): Internals => (connection.client as { _self: Internals })._self

export interface RouterOptions {
  /** `commandsQueueMaxLength` of node-redis. */
  readonly maxInFlight: number | undefined
  /** `commandOptions.timeout` of node-redis. */
  readonly timeout: number | undefined
  /** Takes the messages of subscriptions. */
  readonly onMessage: MessageHandler
}

/** Decides which way a command goes: at once, after waiting for an endpoint, on a connection of its own, or not at all. */
export class Router {
  readonly group: Group
  readonly route: CommandRoute<unknown>
  readonly writes: UnconfirmedWrites
  readonly cursors: CursorBook
  /** CLIENT SETNAME of this client. */
  readonly connectionName = new ConnectionName<unknown>((connection, name) => {
    nativeOf(connection)
      .sendCommand(['CLIENT', 'SETNAME', name])
      .catch(() => {})
  })
  readonly subscriber: Subscriber<unknown>
  readonly #maxInFlight: number

  constructor(group: Group, { maxInFlight, timeout, onMessage }: RouterOptions) {
    this.group = group
    const routeOptions = timeout === undefined ? {} : { commandTimeout: timeout }
    this.route = group.createRoute(routeOptions)
    this.connectionName.follow(this.route)
    this.writes = new UnconfirmedWrites(this.route)
    this.cursors = new CursorBook(() => this.route.epoch)
    this.subscriber = group.createSubscriber(onMessage, routeOptions)
    this.#maxInFlight = maxInFlight ?? Infinity
  }

  /** The connection to hand the command to now; `undefined` when it has to go by `detour`. Asked for every command. */
  admit(args: RedisArguments): Connection | undefined {
    if (mayNeedCare(args[0]) && (isBlockingCommand(args) || isConnectionStateCommand(args))) return undefined
    if (isCursorCommand(args)) return undefined
    const { route } = this
    const connection = route.take()
    if (connection === undefined || connection.inFlight >= this.#maxInFlight) return undefined
    if (connection !== route.current) {
      this.writes.noteElsewhere(args, connection.endpointId)
    } else if (this.writes.areLeft) {
      this.writes.note(args)
    }
    return connection
  }

  /** What becomes of a command that `admit` did not let pass. */
  detour(
    args: RedisArguments,
    send: (connection: Connection) => Promise<unknown>,
    options?: CommandOptions,
  ): Promise<unknown> {
    const limits = limitsOf(options)
    const isSetName = isClientSetName(args)
    if (!isSetName && isConnectionStateCommand(args)) return Promise.reject(refuseConnectionState(args))
    if (this.#isIdle) return Promise.reject(new ClientClosedError())
    if (isSetName) return this.#setName(args, send)
    if (isBlockingCommand(args)) return this.#runBlocking({ ...blockingTask(args, send), limits })
    if (this.isFull(1)) return Promise.reject(new Error('The queue is full'))
    const task = { ...commandTask(args, send), limits }
    return this.route.run(isCursorCommand(args) ? this.cursors.guard(task) : task)
  }

  /** Runs something that belongs to the connection in use, and changes nothing in the data. */
  bound(name: string, send: (connection: Connection) => Promise<unknown>): Promise<unknown> {
    this.refuseIdle()
    return this.route.run({ name, unit: 'command', readOnly: true, args: [name], bound: true, send })
  }

  /** As node-redis does before `connect()`: nobody looks for an endpoint yet. */
  refuseIdle(): void {
    if (this.#isIdle) throw new ClientClosedError()
  }

  /** Whether so many commands more would be too many. */
  isFull(commands: number): boolean {
    const connection = this.route.take()
    return connection !== undefined && connection.inFlight + commands > this.#maxInFlight
  }

  /** Ends this client; the group ends with its last one. */
  close(graceful: boolean): Promise<void> {
    this.subscriber.close()
    return this.group.closeRoute(this.route, { graceful })
  }

  // The server judges the name; then the client's other connections get it, and those that it takes up later.
  async #setName(args: RedisArguments, send: (connection: Connection) => Promise<unknown>): Promise<unknown> {
    const reply = await this.bound('CLIENT SETNAME', send)
    this.connectionName.set(String(args[2]))
    return reply
  }

  get #isIdle(): boolean {
    return this.group.lifecycle === 'idle'
  }

  #runBlocking(task: CommandTask<unknown, unknown>): Promise<unknown> {
    // WAIT and WAITAOF ask about the writes that this very connection carried.
    if (!/^WAIT/.test(task.name)) return this.route.runBlocking(task)
    return this.route.run(this.writes.guard(task))
  }
}

/** What node-redis rejects with before `connect()`. */
export class ClientClosedError extends Error {
  constructor() {
    super('The client is closed')
  }
}

/** What node-redis rejects with while it is not connected; it was not sent. */
export class ClientOfflineError extends Error {
  constructor() {
    super('The client is offline')
  }
}

const isClientSetName = (args: RedisArguments): boolean =>
  nameOf(args) === 'CLIENT' && String(args[1]).toUpperCase() === 'SETNAME'
