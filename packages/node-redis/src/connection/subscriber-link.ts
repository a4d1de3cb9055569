import type { SubscriberHandlers, SubscriberLink, SubscriptionKind } from '@redis-endpoint-failover/core'
import type { Internals, MessageListener } from '../native/internals.ts'

const METHODS = {
  channel: ['SUBSCRIBE', 'UNSUBSCRIBE'],
  pattern: ['PSUBSCRIBE', 'PUNSUBSCRIBE'],
  shardChannel: ['SSUBSCRIBE', 'SUNSUBSCRIBE'],
} as const satisfies Record<SubscriptionKind, readonly [string, string]>

/** Pub/Sub on the one connection of a native client, through the client's own methods. */
export const linkSubscriptions = (
  native: Internals,
  handlers: SubscriberHandlers,
  isUsable: () => boolean,
): SubscriberLink => {
  const patterns = new Map<string, MessageListener>()
  const listeners: Readonly<Record<SubscriptionKind, (name: string) => MessageListener>> = {
    channel: always((message, channel) =>
      handlers.onMessage('channel', asBuffer(message), asBuffer(channel), undefined),
    ),
    shardChannel: always((message, channel) =>
      handlers.onMessage('shardChannel', asBuffer(message), asBuffer(channel), undefined),
    ),
    // node-redis does not tell a listener which pattern matched: so each pattern has its own.
    pattern: (name) => {
      const pattern = Buffer.from(name)
      const listener =
        patterns.get(name) ??
        ((message, channel) => handlers.onMessage('pattern', asBuffer(message), asBuffer(channel), pattern))
      patterns.set(name, listener)
      return listener
    },
  }

  const send = async (kind: SubscriptionKind, index: 0 | 1, names: readonly (string | Buffer)[]): Promise<unknown> => {
    // node-redis would keep it, and never settle it.
    if (!isUsable()) throw new Error('The client is offline')
    const method = METHODS[kind][index]
    const texts = names.map(String)
    if (kind !== 'pattern') return await native[method](texts, listeners[kind](''), true)
    return await Promise.all(texts.map((name) => native[method]([name], listeners.pattern(name), true)))
  }

  native.on('sharded-channel-moved', (channel) => handlers.onEnded('shardChannel', String(channel)))
  return {
    subscribe: (kind, names) => send(kind, 0, names),
    // With the listener: without it, node-redis takes a SUBSCRIBE that follows at once for done already.
    unsubscribe: (kind, names) => send(kind, 1, names),
    ping: async () => {
      if (!isUsable()) throw new Error('The client is offline')
      return await native.sendCommand(['PING'])
    },
  }
}

const always =
  (listener: MessageListener): (() => MessageListener) =>
  () =>
    listener

const asBuffer = (value: unknown): Buffer => (Buffer.isBuffer(value) ? value : Buffer.from(String(value)))
