import type { Socket } from 'node:net'
import {
  type AdapterConnection,
  type CommandArgument,
  type ConnectionRequest,
  hideSecrets,
  type SubscriberHandlers,
  type SubscriberLink,
} from '@redis-endpoint-failover/core'
import { findPublic } from '../native/find-internals.ts'
import type { Internals } from '../native/internals.ts'
import type { NodeRedisClient } from '../native/node-redis-client.ts'
import { DEFAULT_REPLIES, encoded } from '../native/raw-commands.ts'
import { connectionOptions, passwordsOf } from '../options/connection-options.ts'
import type { NodeRedisOptions } from '../options/node-redis-options.ts'
import { askWhetherLetIn, greetsServer } from './greeting.ts'
import { linkSubscriptions } from './subscriber-link.ts'
import { watchSocket } from './watch-socket.ts'

/** One node-redis client with one socket, that ends with it. */
export class NativeConnection<TClient extends NodeRedisClient> implements AdapterConnection<TClient> {
  readonly client: TClient
  readonly #internals: Internals
  readonly #abort = new AbortController()
  readonly #onLost: (error: unknown) => void
  readonly #secrets: readonly (string | undefined)[]
  #phase: 'new' | 'failed' | 'ready' | 'lost' | 'destroyed' = 'new'
  #socket: Socket | undefined
  #failConnect: (error: unknown) => void = () => {}

  constructor(create: (options: NodeRedisOptions) => TClient, request: ConnectionRequest<NodeRedisOptions>) {
    this.client = create(connectionOptions(request.options, request.connectTimeout, this.#abort.signal))
    this.#internals = findPublic(this.client)
    this.#onLost = request.onLost
    this.#secrets = passwordsOf(request.options)
    this.client.on('error', (error: unknown) => this.#onError(error))
  }

  async connect(): Promise<void> {
    // The client does not settle by itself in all versions and phases: after destroy(), or when the peer speaks
    // something else than Redis.
    const failed = new Promise<never>((_resolve, reject) => {
      this.#failConnect = reject
    })
    try {
      const { result, socket } = watchSocket(() => this.#internals.connect())
      this.#socket = socket
      await Promise.race([result, failed])
      if (!greetsServer(this.#internals)) await Promise.race([askWhetherLetIn(this.#internals), failed])
      if (this.#phase !== 'new' || !this.#internals.isReady) throw new Error('The connection was lost at once.')
      this.#phase = 'ready'
    } catch (error) {
      if (this.#phase === 'new') this.#phase = 'failed'
      throw hideSecrets(error, this.#secrets)
    }
  }

  command(args: readonly CommandArgument[]): Promise<unknown> {
    return this.#internals.sendCommand(encoded(args), DEFAULT_REPLIES)
  }

  destroy(): void {
    if (this.#phase === 'destroyed') return
    const wasLost = this.#phase === 'lost'
    this.#phase = 'destroyed'
    this.#failConnect(new Error('The connection was given up.'))
    if (!wasLost) this.#end()
  }

  isUsable(): boolean {
    return this.#phase === 'ready' && this.#internals.isReady
  }

  isReusable(): boolean {
    return !this.#internals.isPubSubActive && !this.#internals.isWatching
  }

  bytesRead(): number | undefined {
    return this.#socket?.bytesRead
  }

  ref(): void {
    this.#internals.ref()
  }

  unref(): void {
    this.#internals.unref()
  }

  subscriber(handlers: SubscriberHandlers): SubscriberLink {
    return linkSubscriptions(this.#internals, handlers, () => this.isUsable())
  }

  // Emitted before the replies that are outstanding are rejected. Also for bytes that are no Redis protocol, after which
  // nothing that arrives can be trusted.
  #onError(error: unknown): void {
    if (this.#phase === 'new') this.#failConnect(error)
    if (this.#phase !== 'ready') return
    this.#phase = 'lost'
    this.#onLost(error)
    // Not yet: the client is about to reject what is in flight with what has happened.
    queueMicrotask(() => this.#end())
  }

  #end(): void {
    try {
      this.#internals.destroy()
    } catch {
      // node-redis 5 throws when there is nothing left to destroy.
    }
    // A socket that is still connecting is known to nobody else.
    this.#abort.abort()
  }
}
