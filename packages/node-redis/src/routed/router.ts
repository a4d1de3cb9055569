import {
  type CommandRoute,
  type CommandTask,
  type FailoverGroup,
  isBlockingCommand,
  isConnectionStateCommand,
  isReadOnlyCommand,
  type ManagedConnection,
  mayNeedCare,
} from '@redis-endpoint-failover/core'
import type { Internals, RedisArguments } from '../native/internals.ts'
import type { NodeRedisOptions } from '../options/node-redis-options.ts'
import { refuseConnectionState } from './refusals.ts'
import { UnconfirmedWrites } from './unconfirmed-writes.ts'

/** One of the group's connections to an endpoint. */
export type Connection = ManagedConnection<unknown>

export type Group = FailoverGroup<unknown, NodeRedisOptions>

/** Where the methods of the native client of a connection do their work. */
export const nativeOf = (connection: Connection): Internals => (connection.client as { _self: Internals })._self

const CURSOR_COMMANDS = new Set(['SCAN', 'HSCAN', 'SSCAN', 'ZSCAN'])

/** Decides which way a command goes: at once, after waiting for an endpoint, on a connection of its own, or not at all. */
export class Router {
  readonly group: Group
  readonly route: CommandRoute<unknown>
  readonly writes: UnconfirmedWrites
  readonly #maxInFlight: number
  #blockingRoute: CommandRoute<unknown> | undefined

  constructor(group: Group, maxInFlight: number | undefined) {
    this.group = group
    this.route = group.createRoute()
    this.writes = new UnconfirmedWrites(this.route)
    this.#maxInFlight = maxInFlight ?? Infinity
  }

  /** The connection to hand the command to now; `undefined` when it has to go by `detour`. Asked for every command. */
  admit(args: RedisArguments): Connection | undefined {
    if (mayNeedCare(args[0]) && (isBlockingCommand(args) || isConnectionStateCommand(args))) return undefined
    const { route } = this
    const connection = route.take()
    if (connection === undefined || connection.inFlight >= this.#maxInFlight) return undefined
    if (connection !== route.current) {
      // Under a spreading strategy a cursor is one endpoint's all the same.
      if (isCursorCommand(args)) return undefined
      this.writes.noteElsewhere(args, connection.endpointId)
    } else if (this.writes.areLeft) {
      this.writes.note(args)
    }
    return connection
  }

  /** What becomes of a command that `admit` did not let pass. */
  detour(args: RedisArguments, send: (connection: Connection) => Promise<unknown>): Promise<unknown> {
    if (isConnectionStateCommand(args)) return Promise.reject(refuseConnectionState(args))
    if (this.#isIdle) return Promise.reject(new ClientClosedError())
    if (isBlockingCommand(args)) return this.#runBlocking(args, send)
    if (this.isFull(1)) return Promise.reject(new Error('The queue is full'))
    return this.route.run({ ...commandTask(args, send), bound: isCursorCommand(args) })
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

  /** The way of commands that the server may hold back, so that they do not hold up all others. */
  get blockingRoute(): CommandRoute<unknown> {
    this.#blockingRoute ??= this.group.createRoute()
    return this.#blockingRoute
  }

  /** Ends this client; the group ends with its last one. */
  async close(graceful: boolean): Promise<void> {
    const closing = [this.#blockingRoute, this.route].filter((route) => route !== undefined)
    await Promise.all(closing.map((route) => this.group.closeRoute(route, { graceful })))
  }

  get #isIdle(): boolean {
    return this.group.lifecycle === 'idle'
  }

  #runBlocking(args: RedisArguments, send: (connection: Connection) => Promise<unknown>): Promise<unknown> {
    // WAIT and WAITAOF ask about the writes that this very connection carried.
    if (!/^WAIT/i.test(nameOf(args))) return this.blockingRoute.run(blockingTask(args, send))
    if (this.writes.areLeft) return Promise.reject(this.writes.refuseWait())
    return this.route.run(blockingTask(args, send))
  }
}

/** The task of one ordinary command, for repeating it. */
export const commandTask = (
  args: RedisArguments,
  send: (connection: Connection) => Promise<unknown>,
): CommandTask<unknown, unknown> => ({
  name: nameOf(args),
  unit: 'command',
  readOnly: isReadOnlyCommand(args),
  args,
  send,
})

const blockingTask = (
  args: RedisArguments,
  send: (connection: Connection) => Promise<unknown>,
): CommandTask<unknown, unknown> => ({ name: nameOf(args), unit: 'blocking', readOnly: false, args, bound: true, send })

/** The command's name, for messages. */
export const nameOf = (args: RedisArguments): string => String(args[0] ?? '').toUpperCase()

const isCursorCommand = (args: RedisArguments): boolean => CURSOR_COMMANDS.has(nameOf(args))

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
