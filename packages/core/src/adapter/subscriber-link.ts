/** What was subscribed to: by SUBSCRIBE, PSUBSCRIBE or SSUBSCRIBE. */
export type SubscriptionKind = 'channel' | 'pattern' | 'shardChannel'

/** A channel, a pattern or a shard channel. Buffers for names that are no UTF-8. */
export type SubscriptionName = string | Buffer

/** Takes one message. `pattern` is the one that matched, for kind `pattern` only. */
export type MessageHandler = (
  kind: SubscriptionKind,
  message: Buffer,
  channel: Buffer,
  pattern: Buffer | undefined,
) => void

/** What the core wants to hear from a connection that carries subscriptions. */
export interface SubscriberHandlers {
  /** To be called for each message, in the order of arrival. Does not throw. */
  readonly onMessage: MessageHandler
  /** To be called when the server ended a subscription by itself, as it does with shard channels that move away. */
  readonly onEnded: (kind: SubscriptionKind, name: SubscriptionName) => void
}

/**
 * Pub/Sub on one native connection, which carries nothing else from then on. Calls are written in the order in which they
 * are made. All of them reject when the connection is lost or destroyed. Shard channels come one by one: in a Cluster each
 * may belong to another server.
 */
export interface SubscriberLink {
  /** Resolves when the server has confirmed every name; rejects with its error reply, and then none is subscribed. */
  subscribe(kind: SubscriptionKind, names: readonly SubscriptionName[]): Promise<unknown>
  /** Resolves when the server has confirmed that no name is subscribed any more. */
  unsubscribe(kind: SubscriptionKind, names: readonly SubscriptionName[]): Promise<unknown>
  /** PING, which a subscribed connection may send under RESP2 as well. Resolves with any answer. */
  ping(): Promise<unknown>
  /**
   * Only of an endpoint of several servers: gives up the connections to those that have not answered the latest `ping()`,
   * and tells by `onEnded` what they carried. Without it, the connection as a whole is replaced.
   */
  dropSilent?(): void
}
