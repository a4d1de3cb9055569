import type {
  AdapterConnection,
  CommandArgument,
  ConnectionPurpose,
  ConnectionRequest,
} from '../../adapter/client-adapter.ts'
import type { SubscriberHandlers, SubscriberLink } from '../../adapter/subscriber-link.ts'
import type { EndpointKind, TopologyReport } from '../../adapter/topology-report.ts'
import { asText } from './scripted-commands.ts'
import type { ScriptedEndpoint } from './scripted-endpoint.ts'
import { ScriptedClientError } from './scripted-errors.ts'
import { SUBSCRIBE_COMMANDS } from './scripted-pub-sub.ts'

/** The native client of a scripted connection. */
export interface ScriptedClient {
  readonly endpointId: string
  /** The id of the connection, as it appears in the endpoint's log. */
  readonly connectionId: number
  /** Sends one command; rejects with a `ScriptedClientError`. */
  send(args: readonly CommandArgument[]): Promise<unknown>
}

/** The options of a scripted client. */
export interface ScriptedOptions {
  /** Which scripted endpoint to connect to; by default the one with the endpoint's own id. */
  readonly address?: string
  /** What the endpoint passes for. Default `single`. One that is `managed` reports what `setTopology()` says. */
  readonly kind?: EndpointKind
}

interface Settler {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** One connection to a scripted endpoint: what the core holds, and what a test can disturb. */
export class ScriptedConnection implements AdapterConnection<ScriptedClient> {
  readonly id: number
  readonly purpose: ConnectionPurpose
  readonly client: ScriptedClient
  readonly #endpoint: ScriptedEndpoint
  readonly #onLost: (error: unknown) => void
  readonly #inFlight = new Set<Settler>()
  #state: 'new' | 'connecting' | 'ready' | 'ended' = 'new'
  #connecting: Settler | undefined
  #handlers: SubscriberHandlers | undefined
  #bytesRead = 0
  #referenced = true
  #dark = false
  // Latency may vary, but a stream keeps its order: nothing arrives before what was sent earlier.
  #lastAtServer = 0
  #lastAtClient = 0

  constructor(id: number, endpoint: ScriptedEndpoint, request: ConnectionRequest<ScriptedOptions>) {
    this.id = id
    this.purpose = request.purpose
    this.#endpoint = endpoint
    this.#onLost = request.onLost
    this.client = { endpointId: request.endpointId, connectionId: id, send: (args) => this.command(args) }
  }

  /** True from `connect()` until the connection is lost or destroyed. */
  get isOpen(): boolean {
    return this.#state === 'connecting' || this.#state === 'ready'
  }

  /** How many commands wait for their reply. */
  get inFlight(): number {
    return this.#inFlight.size
  }

  /** Whether the connection would hold the process: true but after `unref()`. */
  get isReferenced(): boolean {
    return this.#referenced
  }

  /** From now on nothing passes in either direction, and neither side notices: a half-open connection. */
  blackhole(): void {
    this.#dark = true
  }

  /** Part of a reply arrives: `bytesRead()` grows and nothing settles. */
  receivePart(bytes: number): void {
    if (this.isOpen && !this.#dark) this.#bytesRead += bytes
  }

  connect(): Promise<void> {
    if (this.#state !== 'new')
      return Promise.reject(new Error('connect() was called before, or the connection was destroyed.'))
    this.#state = 'connecting'
    return new Promise<void>((resolve, reject) => {
      this.#connecting = { resolve: () => resolve(), reject }
      this.#endpoint.acceptFrom(this)
    })
  }

  command(args: readonly CommandArgument[]): Promise<unknown> {
    if (this.#state !== 'ready')
      return Promise.reject(new ScriptedClientError('unsent', 'The connection is not usable; nothing was sent.'))
    return new Promise((resolve, reject) => {
      const settler = { resolve, reject }
      this.#inFlight.add(settler)
      this.#endpoint.receiveFrom(this, asText(args), (answer) => {
        this.#inFlight.delete(settler)
        this.#bytesRead += replySize(answer.value)
        if (answer.isError) reject(answer.value)
        else resolve(answer.value)
      })
    })
  }

  destroy(): void {
    if (this.#state === 'ended') return
    const wasOpen = this.isOpen
    this.#end(new ScriptedClientError('destroyed', 'The connection was destroyed by its owner.'))
    if (wasOpen) this.#endpoint.closedByClient(this)
  }

  /** Answers when the server does, with what `setTopology()` says. */
  async examineTopology(): Promise<TopologyReport> {
    await this.command(['PING'])
    return this.#endpoint.topology
  }

  isUsable(): boolean {
    return this.#state === 'ready'
  }

  bytesRead(): number {
    return this.#bytesRead
  }

  unref(): void {
    this.#referenced = false
  }

  ref(): void {
    this.#referenced = true
  }

  /** Messages for its subscriptions go to `handlers` from now on. */
  subscriber(handlers: SubscriberHandlers): SubscriberLink {
    this.#handlers = handlers
    return {
      subscribe: (kind, names) => this.command([SUBSCRIBE_COMMANDS[kind].subscribe, ...names]),
      unsubscribe: (kind, names) => this.command([SUBSCRIBE_COMMANDS[kind].unsubscribe, ...names]),
      ping: () => this.command(['PING']),
    }
  }

  /** Whether it carries subscriptions. */
  get isSubscriber(): boolean {
    return this.#handlers !== undefined
  }

  /** For the endpoint: something for its subscriptions has arrived at the client. */
  receivePush(bytes: number, push: (handlers: SubscriberHandlers) => void): void {
    this.#bytesRead += bytes
    if (this.#handlers !== undefined) push(this.#handlers)
  }

  /** For the endpoint: `arrive` runs at the server after `delayMs`, unless the connection is a black hole. */
  sendToServer(delayMs: number, arrive: () => void): void {
    const { clock } = this.#endpoint
    this.#lastAtServer = Math.max(this.#lastAtServer, clock.now() + delayMs)
    if (!this.#dark) clock.scheduleOutside(() => !this.#dark && arrive(), this.#lastAtServer - clock.now())
  }

  /** For the endpoint: `arrive` runs at the client after `delayMs`, unless it is a black hole or has ended by then. */
  sendToClient(delayMs: number, arrive: () => void): void {
    const { clock } = this.#endpoint
    this.#lastAtClient = Math.max(this.#lastAtClient, clock.now() + delayMs)
    if (!this.#dark) clock.scheduleIo(() => !this.#dark && this.isOpen && arrive(), this.#lastAtClient - clock.now())
  }

  /** For the endpoint: connecting has succeeded, at the client. */
  becomeReady(): void {
    this.#state = 'ready'
    this.#connecting?.resolve(undefined)
    this.#connecting = undefined
  }

  /** For the endpoint: the server refused the connection, or closed it, and the client has noticed. */
  lose(error: Error): void {
    if (this.#connecting !== undefined) return this.#end(error)
    const settlers = this.#takeInFlight()
    this.#onLost(error)
    for (const { reject } of settlers)
      reject(new ScriptedClientError('lost', 'The connection was lost before the reply.', { cause: error }))
  }

  #end(error: Error): void {
    const connecting = this.#connecting
    const settlers = this.#takeInFlight()
    connecting?.reject(error)
    for (const { reject } of settlers) reject(error)
  }

  #takeInFlight(): Settler[] {
    this.#state = 'ended'
    this.#endpoint.release(this)
    this.#connecting = undefined
    const settlers = [...this.#inFlight]
    this.#inFlight.clear()
    return settlers
  }
}

/** Roughly the length of a reply in RESP. */
const replySize = (reply: unknown): number => {
  if (Array.isArray(reply)) return reply.reduce((sum: number, item) => sum + replySize(item), 4)
  return (reply instanceof Error ? reply.message : String(reply)).length + 5
}
