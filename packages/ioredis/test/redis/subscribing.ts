import type { SubscribingClient } from '@redis-endpoint-failover/testkit'
import type { Cluster, Redis } from 'ioredis'

const METHODS = {
  channel: ['subscribe', 'unsubscribe', 'message'],
  pattern: ['psubscribe', 'punsubscribe', 'pmessage'],
  shardChannel: ['ssubscribe', 'sunsubscribe', 'smessage'],
} as const

/** A client of ioredis, as the suites of subscriptions use it. */
export const subscribing = (client: Redis | Cluster, group: SubscribingClient['group']): SubscribingClient => ({
  group,
  get: (key) => client.get(key),
  publish: (channel, message) => client.publish(channel, message),
  connect: () => client.connect(),
  close: () => client.quit(),
  subscribe: (kind, name, onMessage) => {
    // The first argument names the channel or the pattern; the last one is the message.
    client.on(METHODS[kind][2], (...args: string[]) => args[0] === name && onMessage(String(args.at(-1))))
    return client[METHODS[kind][0]](name)
  },
  unsubscribe: (kind, name) => client[METHODS[kind][1]](name),
  duplicate: () => subscribing((client as Redis).duplicate(), group),
})
