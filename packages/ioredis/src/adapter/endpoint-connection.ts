import {
  type AdapterConnection,
  type CommandArgument,
  type ConnectionRequest,
  hideSecrets,
  type SubscriberHandlers,
  type SubscriberLink,
  type TopologyQuestion,
  type TopologyReport,
} from '@redis-endpoint-failover/core'
import type { Redis } from 'ioredis'
import type { IoredisOptions } from '../client-options.ts'
import { CONNECTION_CLOSED, NOT_WRITABLE } from './classify-ioredis-error.ts'
import { endOnUnreadableBytes, holdStream, streamBytes } from './client-stream.ts'
import { examineSentinel } from './examine-sentinel.ts'
import { watchHandshake } from './handshake-errors.ts'
import { keepSecrets } from './keep-secrets.ts'
import { PromotionWatch } from './promotion-watch.ts'
import { SilentNodes } from './silent-nodes.ts'
import { linkSubscriptions } from './subscriber-link.ts'

/** What shows that a client was left as it was lent. Public in its types, but for the shape of `condition`. */
interface LeasedState {
  readonly commandQueue: { readonly length: number }
  readonly condition: { readonly select: number; readonly subscriber: unknown } | null
  readonly options: { readonly db?: number }
}

/** One ioredis client with one connection, as the core wants it. `onRefused` is told of errors of the handshake. */
export class EndpointConnection implements AdapterConnection<Redis> {
  // Private, because ioredis prints its options, password included.
  readonly #client: Redis
  readonly #request: ConnectionRequest<IoredisOptions>
  readonly #onRefused: (error: Error) => void
  #established = false
  #ended = false
  #lastError: unknown
  /** Where the core leaves it to the client to notice that its server is gone. */
  readonly #silence: SilentNodes | undefined
  readonly #promotions: PromotionWatch | undefined
  #abandon = (): void => {}

  /** `silenceTimeout` is given where Sentinels look after the servers behind it. */
  constructor(
    client: Redis,
    request: ConnectionRequest<IoredisOptions>,
    onRefused: (error: Error) => void,
    silenceTimeout?: number,
  ) {
    this.#client = client
    this.#request = request
    this.#onRefused = onRefused
    if (silenceTimeout !== undefined) {
      const { connectTimeout } = request
      this.#silence = new SilentNodes({ nodes: () => [client], silenceTimeout, connectTimeout })
      if (request.options.failoverDetector !== false) this.#promotions = new PromotionWatch(client)
    }
    // The first one is the cause; what follows (a write to the closed socket) is not.
    client.on('error', (error: unknown) => {
      this.#lastError ??= error
    })
    endOnUnreadableBytes(client)
  }

  get client(): Redis {
    return this.#client
  }

  async connect(): Promise<void> {
    const { client } = this
    const abandoned = new Promise<never>((_resolve, reject) => {
      this.#abandon = () => reject(new Error(CONNECTION_CLOSED))
    })
    const handshake = watchHandshake(client)
    try {
      await Promise.race([this.#establish(() => handshake.isGreeted), abandoned])
      if (handshake.fatal !== undefined) throw handshake.fatal
    } catch (error) {
      // ioredis calls a connection ready whose handshake needs no reply, also where the server lets nobody in.
      this.destroy()
      // ioredis says "Connection is closed." whatever the reason was.
      const cause = hideSecrets(handshake.fatal ?? handshake.first ?? this.#lastError ?? error, [
        client.options.password,
      ])
      if (cause === handshake.first && cause !== undefined) this.#onRefused(handshake.first as Error)
      throw cause
    } finally {
      handshake.stop()
    }
    this.#lastError = undefined
    this.#established = true
    this.#observe()
    this.#silence?.start()
    this.#promotions?.start()
  }

  command(args: readonly CommandArgument[]): Promise<unknown> {
    // Where its status is "end", ioredis says the same of this command as of one that was in flight.
    if (!this.isUsable()) return Promise.reject(new Error(NOT_WRITABLE))
    const [name, ...rest] = args
    return this.client.call(String(name), ...rest.map(asIoredisArgument))
  }

  examineTopology(question: TopologyQuestion): Promise<TopologyReport> {
    return examineSentinel(this.client, question)
  }

  destroy(): void {
    if (this.#ended) return
    this.#ended = true
    this.#silence?.stop()
    this.#promotions?.stop()
    this.client.disconnect()
    // Not set before the socket exists.
    this.client.stream?.destroy()
    this.#abandon()
  }

  isUsable(): boolean {
    const { status, stream } = this.client
    return status === 'ready' && stream.writable && !this.#ended
  }

  isReusable(): boolean {
    const { commandQueue, condition, options } = this.client as unknown as LeasedState
    return commandQueue.length === 0 && condition?.subscriber === false && condition.select === (options.db ?? 0)
  }

  bytesRead(): number | undefined {
    return streamBytes(this.client)
  }

  unref(): void {
    holdStream(this.client, false)
    this.#silence?.unref()
    this.#promotions?.hold(false)
  }

  ref(): void {
    holdStream(this.client, true)
    this.#silence?.ref()
    this.#promotions?.hold(true)
  }

  subscriber(handlers: SubscriberHandlers): SubscriberLink {
    return linkSubscriptions(this.client, handlers, () => this.isUsable())
  }

  async #establish(isGreeted: () => boolean): Promise<void> {
    await this.client.connect()
    // A server without RESP3 lets in whom it then answers NOAUTH or LOADING: that is no connection for commands. Where
    // HELLO was answered well, it has let us in.
    if (!isGreeted())
      await this.client.ping().catch((error: Error) => {
        if (!error.message.startsWith('NOPERM')) throw error
      })
    if (!this.isUsable()) throw new Error(CONNECTION_CLOSED)
    keepSecrets((this.client as unknown as LeasedState).condition)
  }

  // Before ioredis hears of it, so that the core knows why when the commands in flight reject.
  #observe(): void {
    const { stream } = this.client
    stream.prependOnceListener('error', (error: unknown) => this.#lost(error))
    stream.prependOnceListener('end', () => this.#lost(undefined))
    stream.prependOnceListener('close', () => this.#lost(undefined))
  }

  #lost(error: unknown): void {
    if (this.#ended || !this.#established) return
    this.#established = false
    this.#request.onLost(error ?? this.#lastError ?? new Error(CONNECTION_CLOSED))
  }
}

// ioredis knows bytes as Buffers only.
export const asIoredisArgument = (argument: CommandArgument): string | number | Buffer => {
  if (typeof argument !== 'object' || Buffer.isBuffer(argument)) return argument
  return Buffer.from(argument.buffer, argument.byteOffset, argument.byteLength)
}
