import {
  ConnectionName,
  CursorBook,
  type FailoverGroup,
  isBlockingCommand,
  isConnectionStateCommand,
  mayBlock,
  mayHoldConnectionState,
  UnconfirmedWrites,
  UnsupportedOperationError,
} from '@redis-endpoint-failover/core'
import type { Redis } from 'ioredis'
import { CONNECTION_CLOSED, NOT_WRITABLE } from '../adapter/classify-ioredis-error.ts'
import type { IoredisOptions } from '../client-options.ts'
import { adviceFor } from './advice.ts'
import { watchOnNode } from './cluster/watch-on-node.ts'
import { CommandCall } from './command-call.ts'
import { isCursorCommand } from './command-facts.ts'
import { dispatchCall, dispatchTo, runBlockingCommand, runCommand, taskOf } from './dispatch-command.ts'
import { type CommandObject, type Connection, isCluster, type Route, sendTo } from './internals.ts'
import { type MessageEmitter, Subscriptions } from './subscriptions.ts'
import { WatchState } from './watch-state.ts'

export type Group = FailoverGroup<Redis, IoredisOptions>

/** Where a transparent client keeps its router. */
export const ROUTER = Symbol('redis-endpoint-failover.router')

export interface RouterOptions {
  readonly group: Group
  /** `commandTimeout` of ioredis: milliseconds for one command, over the group's. */
  readonly commandTimeout: number | undefined
  /** `enableOfflineQueue: false` of ioredis: a command fails at once where there is no endpoint. */
  readonly mayWait: boolean
  /** Something may have changed about what the client can do. */
  readonly onChange: () => void
  /** Emits the messages of subscriptions. */
  readonly emitter: MessageEmitter
  /** `stringNumbers` of ioredis. */
  readonly stringNumbers: boolean
}

/** Where one transparent client's commands go. */
export class Router {
  readonly group: Group
  readonly watch = new WatchState()
  readonly #cursors: CursorBook<Redis>
  #writes: UnconfirmedWrites<Redis>
  /** CLIENT SETNAME of this client. */
  readonly connectionName = new ConnectionName<Redis>(({ client }, name) => {
    client.client('SETNAME', name).catch(() => {})
  })
  readonly subscriptions: Subscriptions
  readonly #options: RouterOptions
  #route: Route
  #stopListening: () => void
  #started = false
  #ended = false

  constructor(options: RouterOptions) {
    this.group = options.group
    this.#options = options
    this.subscriptions = new Subscriptions(options)
    this.#route = this.#createRoute()
    this.#writes = new UnconfirmedWrites(this.#route)
    this.#cursors = new CursorBook(() => this.#route.epoch)
    this.#stopListening = this.#route.onChange(options.onChange)
  }

  get route(): Route {
    return this.#route
  }

  get isStarted(): boolean {
    return this.#started
  }

  get isEnded(): boolean {
    return this.#ended || this.#route.isClosed
  }

  get isOpen(): boolean {
    return this.#started && !this.isEnded
  }

  /** Starts the group, or waits for its start; resolves when commands can be sent. */
  async start(): Promise<void> {
    this.#started = true
    this.#options.onChange()
    await this.group.start()
    await this.#route.ready()
  }

  /** Makes an ended client usable again, as long as its group lives. @throws GroupClosedError */
  reopen(): void {
    if (!this.isEnded) return
    const route = this.#createRoute()
    this.#stopListening = route.onChange(this.#options.onChange)
    this.#route = route
    this.#writes = new UnconfirmedWrites(route)
    this.#ended = false
  }

  /** Ends this client; the group ends with its last one. */
  async end(graceful: boolean): Promise<void> {
    if (this.#ended) return
    this.#ended = true
    this.#stopListening()
    this.subscriptions.close()
    this.#route.endBlocking()
    const closed = this.#close(this.#route, graceful)
    this.#options.onChange()
    await closed
  }

  /** Gives up the connections, and uses new ones. */
  reconnect(): void {
    if (this.isEnded) return
    this.subscriptions.renew()
    const old = this.#route
    const left = old.current
    this.#stopListening()
    this.#route = this.#createRoute()
    this.#writes = new UnconfirmedWrites(this.#route)
    if (left !== undefined && left.issued > 0) this.#writes.leave(left.endpointId)
    this.#stopListening = this.#route.onChange(this.#options.onChange)
    void this.#close(old, false)
  }

  /** Sends a command over the connection now; `send` writes it. */
  dispatch(connection: Connection, command: CommandObject, send: typeof sendTo): void {
    if (connection !== this.#route.current)
      this.#writes.noteElsewhere([command.name, ...command.args], connection.endpointId)
    else this.note(command)
    const { deadlines } = this.#route
    if (deadlines === undefined) dispatchTo(connection, command, this.#route, send)
    else {
      const call = new CommandCall(command)
      deadlines.add(call)
      dispatchCall(connection, command, this.#route, send, call)
    }
  }

  /** A command goes to the connection in use. */
  note({ name, args }: CommandObject): void {
    if (this.#writes.areLeft) this.#writes.note([name, ...args])
  }

  /** Whether the command may go to any connection, and may share it with others. */
  isOrdinary({ name, args }: CommandObject): boolean {
    if (!mayHoldConnectionState(name) && !mayBlock(name)) return true
    const all = [name, ...args]
    return !isConnectionStateCommand(all) && !isBlockingCommand(all)
  }

  /** Makes sure that commands can be taken; rejects them if not. */
  open(...commands: readonly CommandObject[]): boolean {
    const refuse = (why: string): boolean => {
      for (const command of commands) command.reject(new Error(why))
      return false
    }
    // Where the group is closed, it says so itself.
    if (this.isEnded) return this.group.lifecycle === 'closed' || refuse(CONNECTION_CLOSED)
    // Where the start fails, each command says why it could not be sent.
    if (!this.#started) this.start().catch(() => {})
    return this.#options.mayWait || this.#route.current !== undefined || refuse(NOT_WRITABLE)
  }

  /** Takes one command of the caller and settles it. */
  send(command: CommandObject): void {
    if (!this.#started || this.isEnded) {
      if (!this.open(command)) return
    }
    const { name } = command
    if (mayHoldConnectionState(name) || mayBlock(name)) {
      if (this.#sendSpecial(command)) return
    }
    const route = this.#route
    if (isCursorCommand(name)) {
      if (this.open(command)) runCommand(command, route, this.#cursors.guard(taskOf(command, 'command')))
      return
    }
    const connection = route.take()
    if (connection !== undefined) this.dispatch(connection, command, sendTo)
    else if (this.open(command)) runCommand(command, route)
  }

  #sendSpecial(command: CommandObject): boolean {
    const args = [command.name, ...command.args]
    const name = command.name.toLowerCase()
    if (isConnectionStateCommand(args)) {
      if (name === 'watch') this.#sendWatch(command)
      else if (name === 'unwatch') this.#sendUnwatch(command)
      else if (name === 'quit') this.#quit(command)
      else if (name === 'client' && /^setname$/i.test(String(command.args[0]))) this.#setName(command)
      else if (Subscriptions.handles(name)) this.#runSubscription(command)
      else command.reject(new UnsupportedOperationError(command.name.toUpperCase(), adviceFor(name)))
      return true
    }
    if (!isBlockingCommand(args)) return false
    const task = taskOf(command, 'blocking')
    // They ask about the writes that this very connection carried.
    if (name === 'wait' || name === 'waitaof') runCommand(command, this.#route, this.#writes.guard(task))
    else runBlockingCommand(command, this.#route, task)
    return true
  }

  #runSubscription(command: CommandObject): void {
    if (this.open(command)) this.subscriptions.run(command)
  }

  #sendWatch(command: CommandObject): void {
    const task = taskOf(command, 'command')
    const watching: typeof task = {
      ...task,
      // Watching twice changes nothing.
      readOnly: true,
      bound: true,
      send: (connection) => {
        const { epoch } = this.#route
        if (isCluster(connection.client)) return watchOnNode(command, connection, this.watch, epoch)
        this.watch.begin(connection, epoch, connection.client)
        return task.send(connection)
      },
    }
    runCommand(command, this.#route, watching)
  }

  #sendUnwatch(command: CommandObject): void {
    const watched = this.watch.end(this.#route.epoch)
    if (watched === undefined) command.resolve(Buffer.from('OK'))
    else this.dispatch(watched.connection, command, (_client, sent) => sendTo(watched.server, sent))
  }

  #quit(command: CommandObject): void {
    this.end(true).then(() => command.resolve(Buffer.from('OK')), command.reject)
  }

  // The server judges the name; then the client's other connections get it, and those that it takes up later.
  #setName(command: CommandObject): void {
    if (!this.open(command)) return
    const { resolve } = command
    command.resolve = (raw) => {
      this.connectionName.set(String(command.args[1]))
      return resolve(raw)
    }
    runCommand(command, this.#route, { ...taskOf(command, 'command'), readOnly: true, bound: true })
  }

  #createRoute(): Route {
    const { commandTimeout } = this.#options
    const route = this.group.createRoute(commandTimeout === undefined ? {} : { commandTimeout })
    this.connectionName.follow(route)
    return route
  }

  #close(route: Route, graceful: boolean): Promise<void> {
    return this.group.closeRoute(route, { graceful })
  }
}
