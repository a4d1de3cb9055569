import type { AdapterConnection } from '../adapter/client-adapter.ts'
import type {
  SubscriberHandlers,
  SubscriberLink,
  SubscriptionKind,
  SubscriptionName,
} from '../adapter/subscriber-link.ts'
import { ServerAwayError } from './server-away-error.ts'
import { ServerSource } from './server-source.ts'

/** The servers behind one endpoint, as its client knows them. Servers have names that are unique within the endpoint. */
export interface ServerDirectory {
  /** The server that serves a shard channel now, or without one any that is up; `undefined` where none is known. */
  locate(shardChannel: SubscriptionName | undefined): string | undefined
  /** Whether the server still belongs to the endpoint. */
  has(server: string): boolean
  /** Finds out anew who serves what. Never rejects. */
  refresh(): Promise<void>
  /** Connects to one server, for subscriptions alone, within the time that a connection may take. */
  open(server: string, onLost: (error: unknown) => void): Promise<AdapterConnection<unknown>>
}

/** Answers to MOVED in a row before the channel is left for later. */
const MAX_REDIRECTIONS = 5
/** PINGs between two looks at who serves what: nothing else tells that a server was taken out of a Cluster. */
const PINGS_PER_REFRESH = 10

/**
 * Pub/Sub at an endpoint of several servers: channels and patterns on one connection to any server, shard channels on one
 * to each server that serves some. A connection that is lost ends what it carried, and nothing else.
 */
export class ServersLink implements SubscriberLink {
  readonly #directory: ServerDirectory
  readonly #handlers: SubscriberHandlers
  readonly #sources = new Map<string, ServerSource>()
  /** Where channels and patterns are. */
  #common: ServerSource | undefined
  #pings = 0
  #held = true
  #ended = false

  constructor(directory: ServerDirectory, handlers: SubscriberHandlers) {
    this.#directory = directory
    this.#handlers = handlers
  }

  async subscribe(kind: SubscriptionKind, names: readonly SubscriptionName[]): Promise<unknown> {
    for (let redirections = 0; ; redirections++) {
      const source = this.#sourceFor(kind, names)
      source.carry(kind, names)
      try {
        return await source.subscribe(kind, names)
      } catch (error) {
        source.forget(kind, names)
        if (!source.isUsable) {
          this.#drop(source)
          throw new ServerAwayError(error)
        }
        if (!isRedirection(error)) throw error
        if (redirections === MAX_REDIRECTIONS) throw new ServerAwayError(error)
        await this.#directory.refresh()
      }
    }
  }

  async unsubscribe(kind: SubscriptionKind, names: readonly SubscriptionName[]): Promise<unknown> {
    const sources = [...this.#sources.values()]
    return await Promise.all(
      sources.map(async (source) => {
        const own = names.filter((name) => source.carries(kind, name))
        if (own.length === 0) return
        source.forget(kind, own)
        try {
          await source.unsubscribe(kind, own)
        } catch (error) {
          // A connection that is gone has nothing subscribed any more.
          if (source.isUsable) throw error
        }
        if (source.isEmpty) this.#end(source)
      }),
    )
  }

  async ping(): Promise<unknown> {
    // Its answer is for the next time.
    if (++this.#pings % PINGS_PER_REFRESH === 0) void this.#directory.refresh()
    for (const source of [...this.#sources.values()]) if (!this.#directory.has(source.server)) this.#drop(source)
    return await Promise.all([...this.#sources.values()].map((source) => source.ping()))
  }

  dropSilent(): void {
    for (const source of [...this.#sources.values()]) if (source.isSilent()) this.#drop(source)
  }

  /** Lets the process exit although connections are open, or not. */
  hold(held: boolean): void {
    this.#held = held
    for (const source of this.#sources.values()) source.hold(held)
  }

  /** Ends all connections at once. Idempotent. */
  destroy(): void {
    this.#ended = true
    for (const source of [...this.#sources.values()]) this.#end(source)
  }

  #sourceFor(kind: SubscriptionKind, names: readonly SubscriptionName[]): ServerSource {
    if (this.#ended) throw new ServerAwayError()
    const isCommon = kind !== 'shardChannel'
    if (isCommon && this.#common !== undefined) return this.#common
    const server = this.#directory.locate(isCommon ? undefined : names[0])
    if (server === undefined) {
      void this.#directory.refresh()
      throw new ServerAwayError()
    }
    let source = this.#sources.get(server)
    if (source === undefined) {
      const made = new ServerSource(
        server,
        this.#handlers,
        () => this.#directory.open(server, () => this.#drop(made)),
        this.#held,
      )
      source = made
      this.#sources.set(server, source)
    }
    if (isCommon) this.#common = source
    return source
  }

  // Whatever it carried is subscribed to again, wherever that is served then.
  #drop(source: ServerSource): void {
    if (!this.#end(source)) return
    void this.#directory.refresh()
    for (const [kind, name] of source.takeCarried()) this.#handlers.onEnded(kind, name)
  }

  #end(source: ServerSource): boolean {
    if (this.#sources.get(source.server) !== source) return false
    this.#sources.delete(source.server)
    if (this.#common === source) this.#common = undefined
    source.destroy()
    return true
  }
}

const isRedirection = (error: unknown): boolean => error instanceof Error && error.message.startsWith('MOVED ')
