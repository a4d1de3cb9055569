import type { AdapterConnection } from '../adapter/client-adapter.ts'
import type {
  SubscriberHandlers,
  SubscriberLink,
  SubscriptionKind,
  SubscriptionName,
} from '../adapter/subscriber-link.ts'

/** What is subscribed to at one of several servers, and the connection that carries it. */
export class ServerSource {
  readonly server: string
  readonly #carried = new Map<string, readonly [SubscriptionKind, SubscriptionName]>()
  readonly #ready: Promise<SubscriberLink>
  #connection: AdapterConnection<unknown> | undefined
  #failed = false
  #ended = false
  #held: boolean
  /** A PING is on its way. */
  #asked = false
  #bytesBefore = -1

  constructor(
    server: string,
    handlers: SubscriberHandlers,
    open: () => Promise<AdapterConnection<unknown>>,
    held: boolean,
  ) {
    this.server = server
    this.#held = held
    this.#ready = this.#open(open, handlers)
    // Where nobody waits for it any more, nobody has to know.
    this.#ready.catch(() => {})
  }

  /** False once it could not be opened, was lost, or has ended. */
  get isUsable(): boolean {
    return !this.#failed && !this.#ended && (this.#connection?.isUsable() ?? true)
  }

  get isEmpty(): boolean {
    return this.#carried.size === 0
  }

  carry(kind: SubscriptionKind, names: readonly SubscriptionName[]): void {
    for (const name of names) this.#carried.set(keyOf(kind, name), [kind, name])
  }

  forget(kind: SubscriptionKind, names: readonly SubscriptionName[]): void {
    for (const name of names) this.#carried.delete(keyOf(kind, name))
  }

  carries(kind: SubscriptionKind, name: SubscriptionName): boolean {
    return this.#carried.has(keyOf(kind, name))
  }

  takeCarried(): readonly (readonly [SubscriptionKind, SubscriptionName])[] {
    const all = [...this.#carried.values()]
    this.#carried.clear()
    return all
  }

  async subscribe(kind: SubscriptionKind, names: readonly SubscriptionName[]): Promise<unknown> {
    return await (await this.#ready).subscribe(kind, names)
  }

  async unsubscribe(kind: SubscriptionKind, names: readonly SubscriptionName[]): Promise<unknown> {
    return await (await this.#ready).unsubscribe(kind, names)
  }

  /** Resolves when the server has answered, or the connection is gone. One that is being opened has its own time. */
  async ping(): Promise<void> {
    if (this.#connection === undefined) return
    this.#asked = true
    this.#bytesBefore = this.#bytes()
    try {
      await (await this.#ready).ping()
    } catch {
      // An error reply is an answer as well; the loss of the connection is told elsewhere.
    }
    this.#asked = false
  }

  /** Whether a PING is unanswered, and nothing else has arrived since this was last asked. */
  isSilent(): boolean {
    const before = this.#bytesBefore
    this.#bytesBefore = this.#bytes()
    return this.#asked && before === this.#bytesBefore
  }

  hold(held: boolean): void {
    this.#held = held
    if (held) this.#connection?.ref()
    else this.#connection?.unref()
  }

  destroy(): void {
    this.#ended = true
    this.#connection?.destroy()
  }

  async #open(open: () => Promise<AdapterConnection<unknown>>, handlers: SubscriberHandlers): Promise<SubscriberLink> {
    try {
      const connection = await open()
      this.#connection = connection
      if (this.#ended) {
        connection.destroy()
        throw new Error('It is not needed any more.')
      }
      if (!this.#held) connection.unref()
      const link = connection.subscriber?.({
        onMessage: (...message) => {
          // What a connection has left over when it is given up comes from nowhere.
          if (!this.#ended) handlers.onMessage(...message)
        },
        onEnded: (kind, name) => {
          this.forget(kind, [name])
          if (!this.#ended) handlers.onEnded(kind, name)
        },
      })
      if (link === undefined) throw new TypeError('the connection to a single server has no subscriber()')
      return link
    } catch (error) {
      this.#failed = true
      throw error
    }
  }

  // Where the bytes are not shown, only the answer counts.
  #bytes(): number {
    return this.#connection?.bytesRead() ?? 0
  }
}

// One character for each byte, so that no two names share a key.
const keyOf = (kind: SubscriptionKind, name: SubscriptionName): string =>
  `${kind} ${Buffer.from(name as string).toString('latin1')}`
