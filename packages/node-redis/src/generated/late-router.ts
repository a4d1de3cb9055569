import {
  type CallLimits,
  type CommandRoute,
  type CommandTask,
  CursorLostError,
  type FailoverGroup,
  type ManagedConnection,
  type MessageHandler,
  type Subscriber,
  UnsupportedOperationError,
} from '@redis-endpoint-failover/core'
import { classifyError } from '../classify-error.ts'
import { severalConnectionOf } from '../kinds/several-connection.ts'
import { refuseConnectionState } from '../routed/refusals.ts'
import { ClientClosedError, ClientOfflineError } from '../routed/router.ts'
import type { MethodFacts } from './command-words.ts'
import { WaitableWrites } from './waitable-writes.ts'

export type AnyGroup = FailoverGroup<unknown, never>
type Connection = ManagedConnection<unknown>
type Call = (native: unknown) => Promise<unknown>

/** What else belongs to a call. */
export interface CallExtras {
  /** The arguments where they are the command's own, for the user's `isIdempotent`. */
  readonly args?: readonly unknown[] | undefined
  readonly limits?: CallLimits | undefined
}

const WAITING =
  'it asks about the writes of one connection, and this client does not know which one takes a command: send both with group.execute().'

/** A command of which a Cluster client may have done a part when it failed. */
export class PartlyExecutedError extends Error {
  constructor(cause: unknown) {
    super('The command was sent to several servers, and some of them may have executed their part.', { cause })
  }
}

export interface LateRouterOptions {
  /** Commands that block need a connection of their own: the client has but one. */
  readonly ownBlocking: boolean
  /** The client has one connection to each primary of a Cluster, so that WAIT can ask all of them. */
  readonly asksAllPrimaries: boolean
  /** `commandOptions.timeout` of node-redis: how long each command may take. */
  readonly commandTimeout: number | undefined
  /** Takes the messages of subscriptions. */
  readonly onMessage: MessageHandler
}

/** Sends calls of a generated client to whichever client is active when they are made. */
export class LateRouter {
  readonly group: AnyGroup
  readonly route: CommandRoute<unknown>
  readonly subscriber: Subscriber<unknown>
  readonly #ownBlocking: boolean
  readonly #writes: WaitableWrites | undefined
  readonly #routeOptions: { readonly commandTimeout?: number }
  #blockingRoute: CommandRoute<unknown> | undefined

  constructor(group: AnyGroup, { ownBlocking, asksAllPrimaries, commandTimeout, onMessage }: LateRouterOptions) {
    this.group = group
    this.#routeOptions = commandTimeout === undefined ? {} : { commandTimeout }
    this.route = group.createRoute(this.#routeOptions)
    this.subscriber = group.createSubscriber(onMessage, this.#routeOptions)
    this.#ownBlocking = ownBlocking
    this.#writes = asksAllPrimaries ? new WaitableWrites() : undefined
  }

  send(facts: MethodFacts, call: Call, { args, limits }: CallExtras = {}): Promise<unknown> {
    if (facts.isConnectionState) return Promise.reject(refuseConnectionState(facts.words))
    if (this.#isIdle) return Promise.reject(new ClientClosedError())
    const exact = facts.mayBeDoneInPart ? (native: unknown) => call(native).catch(doubtPart) : call
    const task = (): CommandTask<unknown, unknown> => ({
      name: facts.name,
      unit: facts.mayBlock ? 'blocking' : 'command',
      readOnly: facts.readOnly,
      args: args === undefined ? undefined : [...facts.words, ...args],
      ...(facts.mayBlock ? { bound: true } : {}),
      limits,
      send: (connection) => {
        if (!facts.readOnly) this.#writes?.note(connection)
        return sendOn(connection, exact)
      },
    })
    if (facts.mayBlock) return this.#blocking().run(task())
    const connection = this.route.take()
    if (connection === undefined || limits !== undefined || this.route.deadlines !== undefined)
      return this.route.run(task())
    connection.begin()
    if (!facts.readOnly) this.#writes?.note(connection)
    return sendOn(connection, exact).then(connection.onReply, (error: unknown) =>
      this.route.recover({ connection, error, attempt: 1 }, task()),
    )
  }

  /** WAIT or WAITAOF, at every primary of a Cluster. `ask` sends it to one of them. */
  sendWait(facts: MethodFacts, ask: Call, { args, limits }: CallExtras = {}): Promise<unknown> {
    const writes = this.#writes
    if (writes === undefined) return Promise.reject(new UnsupportedOperationError(facts.name, WAITING))
    if (this.#isIdle) return Promise.reject(new ClientClosedError())
    return this.route.run({
      name: facts.name,
      unit: 'blocking',
      readOnly: false,
      args: args === undefined ? undefined : [...facts.words, ...args],
      bound: true,
      limits,
      send: (connection) => sendOn(connection, () => writes.ask(facts.name, connection, ask)),
    })
  }

  /** Runs a batch that was recorded, as a whole. */
  sendBatch(
    unit: 'pipeline' | 'transaction',
    readOnly: boolean,
    call: Call,
    limits: CallLimits | undefined,
  ): Promise<unknown> {
    if (this.#isIdle) return Promise.reject(new ClientClosedError())
    const name = unit === 'pipeline' ? 'PIPELINE' : 'MULTI'
    const send = (connection: Connection): Promise<unknown> => {
      if (!readOnly) this.#writes?.note(connection)
      return sendOn(connection, call)
    }
    return this.route.run({ name, unit, readOnly, args: undefined, limits, send })
  }

  /** Hands the active client to the caller's own function, once; what that fails with is the caller's. */
  async lend<T>(name: string, use: (native: unknown, connection: Connection) => Promise<T>): Promise<T> {
    if (this.#isIdle) throw new ClientClosedError()
    const outcome = await this.route.run<{ value: T } | { error: unknown }>({
      name,
      unit: 'transaction',
      readOnly: false,
      args: undefined,
      bound: true,
      // The function's commands have their own; it may take as long as it likes.
      limits: { timeout: 0 },
      send: (connection) =>
        sendOn(connection, (native) =>
          use(native, connection).then(
            (value) => ({ value }),
            (error: unknown) => ({ error }),
          ),
        ) as Promise<{ value: T } | { error: unknown }>,
    })
    if ('error' in outcome) throw outcome.error
    return outcome.value
  }

  /** The active client, for what is asked of it at once. @throws ClientOfflineError */
  get active(): unknown {
    if (this.#isIdle) throw new ClientClosedError()
    const { current } = this.route
    if (current === undefined) throw new ClientOfflineError()
    return current.client
  }

  /** Pages of an iterator that belongs to the client that is active when the first one is asked for. */
  async *iterate(name: string, open: (native: unknown) => AsyncIterator<unknown>): AsyncGenerator<unknown> {
    const { iterator, connection } = await this.lend(name, (native, held) =>
      Promise.resolve({ iterator: open(native), connection: held }),
    )
    const left = (): CursorLostError => new CursorLostError('The scan', connection.endpointId)
    try {
      for (;;) {
        if (this.route.current !== connection) throw left()
        connection.begin()
        let page: IteratorResult<unknown>
        try {
          page = (await sendOn(connection, () => iterator.next())) as IteratorResult<unknown>
          connection.onReply(page)
        } catch (error) {
          connection.countFailure()
          throw this.route.current === connection ? error : left()
        }
        if (page.done === true) return
        yield page.value
      }
    } finally {
      // Not awaited: on a client that is gone it may never settle.
      void Promise.resolve(iterator.return?.()).catch(() => {})
    }
  }

  /** As node-redis does before `connect()`: nobody looks for an endpoint yet. */
  refuseIdle(): void {
    if (this.#isIdle) throw new ClientClosedError()
  }

  async close(graceful: boolean): Promise<void> {
    this.subscriber.close()
    const closing = [this.#blockingRoute, this.route].filter((route) => route !== undefined)
    await Promise.all(closing.map((route) => this.group.closeRoute(route, { graceful })))
  }

  get #isIdle(): boolean {
    return this.group.lifecycle === 'idle'
  }

  #blocking(): CommandRoute<unknown> {
    if (!this.#ownBlocking) return this.route
    this.#blockingRoute ??= this.group.createRoute(this.#routeOptions)
    return this.#blockingRoute
  }
}

const sendOn = ({ client }: Connection, call: Call): Promise<unknown> => {
  const several = severalConnectionOf(client)
  return several === undefined ? call(client) : several.track(() => call(client))
}

// "Not sent" and "refused" are true of the part that failed, and nobody knows of the others.
const doubtPart = (error: unknown): never => {
  const { attempt } = classifyError(error)
  throw attempt === 'unsent' || attempt === 'rejected' ? new PartlyExecutedError(error) : error
}
