import { setMaxListeners } from 'node:events'
import {
  type AdapterConnection,
  type CommandArgument,
  type ConnectionRequest,
  type ServerDirectory,
  ServersLink,
  type SubscriberHandlers,
  type SubscriberLink,
  type TopologyQuestion,
  type TopologyReport,
} from '@redis-endpoint-failover/core'

/** What pools, Cluster and Sentinel clients do each in their own way. */
export interface SeveralBehaviour<TClient> {
  readonly client: TClient
  connect(): Promise<unknown>
  command(args: readonly CommandArgument[]): Promise<unknown>
  /** Ends the client; may fail, and may take its time. */
  destroy(): unknown
  isOpen(): boolean
  /** Lets the process exit although connections are open, or not; where the client can be told. */
  hold?(held: boolean): void
  examine?(question: TopologyQuestion): Promise<TopologyReport>
  /** The servers to subscribe at, where the client has methods for that. */
  readonly servers?: ServerDirectory | undefined
  /** A command failed. */
  onFailure?(error: unknown): void
}

/** What a client with several connections is given, to be told when it ends. */
export type MakeBehaviour<TClient, TOptions> = (
  request: ConnectionRequest<TOptions>,
  signal: AbortSignal,
) => SeveralBehaviour<TClient> & {
  on(event: string, listener: (error: unknown) => void): unknown
}

/** What node-redis rejects with when `destroy()` was called while a command was in flight. */
class DisconnectsClientError extends Error {
  constructor() {
    super('Disconnects client')
  }
}

const connections = new WeakMap<object, SeveralConnection<unknown, never>>()

/** The connection that a native client was made for; `undefined` for one with a single socket. */
export const severalConnectionOf = (client: unknown): SeveralConnection<unknown, never> | undefined =>
  connections.get(client as object)

/** One native client with several connections of its own: a pool, a Cluster client, a Sentinel client. */
export class SeveralConnection<TClient, TOptions> implements AdapterConnection<TClient> {
  readonly client: TClient
  readonly #behaviour: SeveralBehaviour<TClient>
  readonly #abort = new AbortController()
  #phase: 'new' | 'failed' | 'ready' | 'destroyed' = 'new'
  #failConnect: (error: unknown) => void = () => {}
  #lastError: unknown
  /** How to reject what is in flight: slots that are used again, because a Set would cost as much as a command. */
  readonly #pending: ((error: unknown) => void)[] = []
  readonly #free: number[] = []
  readonly examineTopology?: (question: TopologyQuestion) => Promise<TopologyReport>
  readonly subscriber?: (handlers: SubscriberHandlers) => SubscriberLink
  #subscriptions: ServersLink | undefined

  constructor(make: MakeBehaviour<TClient, TOptions>, request: ConnectionRequest<TOptions>) {
    // Each socket listens to it, and there is no telling how many a client opens.
    setMaxListeners(0, this.#abort.signal)
    const behaviour = make(request, this.#abort.signal)
    this.client = behaviour.client
    this.#behaviour = behaviour
    connections.set(behaviour.client as object, this as unknown as SeveralConnection<unknown, never>)
    // Without a listener, the loss of one socket would end the process.
    behaviour.on('error', (error) => {
      this.#lastError = error
    })
    const examine = behaviour.examine?.bind(behaviour)
    if (examine !== undefined) this.examineTopology = examine
    const { servers } = behaviour
    if (servers !== undefined)
      this.subscriber = (handlers) => {
        this.#subscriptions = new ServersLink(servers, handlers)
        return this.#subscriptions
      }
  }

  async connect(): Promise<void> {
    const ended = new Promise<never>((_resolve, reject) => {
      this.#failConnect = reject
    })
    try {
      await Promise.race([this.#behaviour.connect(), ended])
      if (this.#phase !== 'new') throw new DisconnectsClientError()
      this.#phase = 'ready'
    } catch (error) {
      if (this.#phase === 'new') this.#phase = 'failed'
      // The client's own error says that nobody could be reached; the one before says why.
      throw this.#lastError instanceof Error ? this.#lastError : error
    }
  }

  command(args: readonly CommandArgument[]): Promise<unknown> {
    return this.track(() => this.#behaviour.command(args))
  }

  /**
   * Does something with the client that settles at the latest when the connection is destroyed. These clients do not
   * settle all by themselves: what waits for a place in a pool, or for a new primary, would wait on.
   */
  track<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#phase === 'destroyed') return reject(new DisconnectsClientError())
      const slot = this.#free.pop() ?? this.#pending.length
      this.#pending[slot] = reject
      const settle = (): void => {
        this.#pending[slot] = ignore
        this.#free.push(slot)
      }
      let working: Promise<T>
      try {
        working = work()
      } catch (error) {
        working = Promise.reject(error)
      }
      working.then(
        (value) => {
          settle()
          resolve(value)
        },
        (error: unknown) => {
          settle()
          if (this.#phase === 'ready') this.#behaviour.onFailure?.(error)
          reject(error)
        },
      )
    })
  }

  destroy(): void {
    if (this.#phase === 'destroyed') return
    this.#phase = 'destroyed'
    this.#abort.abort()
    this.#failConnect(new DisconnectsClientError())
    for (const reject of [...this.#pending]) reject(new DisconnectsClientError())
    this.#subscriptions?.destroy()
    try {
      Promise.resolve(this.#behaviour.destroy()).catch(ignore)
    } catch {
      // Some versions throw where nothing is open.
    }
  }

  isUsable(): boolean {
    return this.#phase === 'ready' && this.#behaviour.isOpen()
  }

  /** There are several sockets, and which one a command took is not shown. */
  bytesRead(): undefined {
    return undefined
  }

  ref(): void {
    this.#behaviour.hold?.(true)
    this.#subscriptions?.hold(true)
  }

  unref(): void {
    this.#behaviour.hold?.(false)
    this.#subscriptions?.hold(false)
  }
}

const ignore = (): void => {}
