import type { SubscriberHandlers, SubscriberLink, SubscriptionKind } from '@redis-endpoint-failover/core'
import type { Redis } from 'ioredis'
import { NOT_WRITABLE } from './classify-ioredis-error.ts'

const METHODS = {
  channel: ['subscribe', 'unsubscribe'],
  pattern: ['psubscribe', 'punsubscribe'],
  shardChannel: ['ssubscribe', 'sunsubscribe'],
} as const satisfies Record<SubscriptionKind, readonly [string, string]>

/** What ioredis knows of the subscriptions of a connection; not in the public types. */
interface Condition {
  subscriber: { channels(kind: 'ssubscribe'): string[] } | false
}

/** Pub/Sub on the one connection of an ioredis client, through the client's own methods. */
export const linkSubscriptions = (
  client: Redis,
  handlers: SubscriberHandlers,
  isUsable: () => boolean,
): SubscriberLink => {
  const { condition } = client as unknown as { condition: Condition }
  const shardChannels = new Set<string>()
  stayInSubscriberMode(condition)
  client.on('messageBuffer', (channel: Buffer, message: Buffer) =>
    handlers.onMessage('channel', message, channel, undefined),
  )
  client.on('pmessageBuffer', (pattern: string, channel: Buffer, message: Buffer) =>
    handlers.onMessage('pattern', message, channel, Buffer.from(pattern)),
  )
  client.on('smessageBuffer', (channel: Buffer, message: Buffer) =>
    handlers.onMessage('shardChannel', message, channel, undefined),
  )
  // The event does not tell which one the server has ended.
  client.on('moved', () => {
    const left = new Set(condition.subscriber === false ? [] : condition.subscriber.channels('ssubscribe'))
    for (const name of [...shardChannels]) {
      if (left.has(name)) continue
      shardChannels.delete(name)
      handlers.onEnded('shardChannel', name)
    }
  })

  const send = async (kind: SubscriptionKind, index: 0 | 1, names: readonly (string | Buffer)[]): Promise<unknown> => {
    if (!isUsable()) throw new Error(NOT_WRITABLE)
    // The overloads of the types want to know whether there is a callback.
    const method = client[METHODS[kind][index]] as (...names: (string | Buffer)[]) => Promise<unknown>
    return await method.apply(client, [...names])
  }
  return {
    subscribe: async (kind, names) => {
      await send(kind, 0, names)
      if (kind === 'shardChannel') for (const name of names) shardChannels.add(String(name))
    },
    unsubscribe: async (kind, names) => {
      if (kind === 'shardChannel') for (const name of names) shardChannels.delete(String(name))
      await send(kind, 1, names)
    },
    ping: async () => {
      if (!isUsable()) throw new Error(NOT_WRITABLE)
      return await client.ping()
    },
  }
}

/**
 * Servers count shard channels apart from the others, and ioredis leaves the subscriber mode when either count comes to 0:
 * then it throws away, or takes for replies, the messages of the other kind. This connection stays what it is.
 */
const stayInSubscriberMode = (condition: Condition): void => {
  let { subscriber } = condition
  Object.defineProperty(condition, 'subscriber', {
    configurable: true,
    enumerable: true,
    get: () => subscriber,
    set: (value: Condition['subscriber']) => {
      if (value !== false) subscriber = value
    },
  })
}
