import type { SubscribingClient } from '@redis-endpoint-failover/testkit'
import type { createClient, createCluster, createSentinel } from 'redis'

const METHODS = {
  channel: ['subscribe', 'unsubscribe'],
  pattern: ['pSubscribe', 'pUnsubscribe'],
  shardChannel: ['sSubscribe', 'sUnsubscribe'],
} as const

type Client = ReturnType<typeof createClient> | ReturnType<typeof createCluster> | ReturnType<typeof createSentinel>

/** A client of node-redis, as the suites of subscriptions use it. */
export const subscribing = (client: Client, group: SubscribingClient['group']): SubscribingClient => ({
  group,
  get: (key) => client.get(key),
  publish: (channel, message) => client.publish(channel, message),
  connect: () => client.connect() as Promise<unknown>,
  close: () => client.close() as Promise<unknown>,
  subscribe: (kind, name, onMessage) => client[METHODS[kind][0]](name, onMessage) as Promise<unknown>,
  unsubscribe: (kind, name) => client[METHODS[kind][1]](name) as Promise<unknown>,
  duplicate: () => subscribing(client.duplicate() as Client, group),
})
