import type { SubscriptionKind, SubscriptionName } from '../adapter/subscriber-link.ts'
import type { SubscribeCall } from './subscribe-call.ts'

/** Since when messages may have been missed, and on which endpoint they would have come. */
export interface Missing {
  readonly from: string
  /** Monotonic milliseconds. */
  readonly since: number
}

/** One channel, pattern or shard channel that the application wants, wherever the active endpoint is. */
export class Subscription {
  readonly kind: SubscriptionKind
  readonly name: SubscriptionName
  /** The connection that SUBSCRIBE was written to; `undefined` while it has to be written. */
  sentOn: number | undefined
  /** The connection on which the server has confirmed it. */
  confirmedOn: number | undefined
  /** Monotonic milliseconds of the latest confirmation. */
  confirmedAt = -Infinity
  /** Set from the loss of a confirmed subscription until the gap was reported. */
  missing: Missing | undefined
  /** A caller was told that it is subscribed: from then on it is kept, whatever a server says. */
  established = false
  /** Calls of `subscribe()` that wait for it. */
  readonly calls = new Set<SubscribeCall>()

  constructor(kind: SubscriptionKind, name: SubscriptionName) {
    this.kind = kind
    this.name = name
  }
}
