import type { SubscriptionKind, SubscriptionName } from '../adapter/subscriber-link.ts'
import { Subscription } from './subscription.ts'

/** What one client wants to be subscribed to. It knows nothing of connections. */
export class SubscriptionSet {
  readonly #byKind: Readonly<Record<SubscriptionKind, Map<string, Subscription>>> = {
    channel: new Map(),
    pattern: new Map(),
    shardChannel: new Map(),
  }

  get size(): number {
    const { channel, pattern, shardChannel } = this.#byKind
    return channel.size + pattern.size + shardChannel.size
  }

  count(kind: SubscriptionKind): number {
    return this.#byKind[kind].size
  }

  get(kind: SubscriptionKind, name: SubscriptionName): Subscription | undefined {
    return this.#byKind[kind].get(keyOf(name))
  }

  /** The subscription of that name, new if there is none. */
  want(kind: SubscriptionKind, name: SubscriptionName): Subscription {
    const key = keyOf(name)
    let subscription = this.#byKind[kind].get(key)
    if (subscription === undefined) {
      subscription = new Subscription(kind, name)
      this.#byKind[kind].set(key, subscription)
    }
    return subscription
  }

  /** Whether this very one is wanted, not a later one of the same name. */
  has(subscription: Subscription): boolean {
    return this.get(subscription.kind, subscription.name) === subscription
  }

  remove(subscription: Subscription): void {
    if (this.has(subscription)) this.#byKind[subscription.kind].delete(keyOf(subscription.name))
  }

  of(kind: SubscriptionKind): Subscription[] {
    return [...this.#byKind[kind].values()]
  }

  all(): Subscription[] {
    return [...this.of('channel'), ...this.of('pattern'), ...this.of('shardChannel')]
  }
}

// One character for each byte, so that no two names share a key.
const keyOf = (name: SubscriptionName): string =>
  typeof name === 'string' ? Buffer.from(name).toString('latin1') : name.toString('latin1')
