import type { SubscribingClient } from '@redis-endpoint-failover/testkit'

const METHODS = {
  channel: ['subscribe', 'unsubscribe'],
  pattern: ['pSubscribe', 'pUnsubscribe'],
  shardChannel: ['sSubscribe', 'sUnsubscribe'],
} as const

type Subscribe = (name: string, listener: (message: string) => unknown) => Promise<unknown>
type Unsubscribe = (name: string) => Promise<unknown>

/** What clients of all kinds have. Not their own types: comparing three of those takes the compiler minutes. */
interface Client
  extends Record<(typeof METHODS)[keyof typeof METHODS][0], Subscribe>,
    Record<(typeof METHODS)[keyof typeof METHODS][1], Unsubscribe> {
  get(key: string): Promise<unknown>
  publish(channel: string, message: string): Promise<unknown>
  connect(): Promise<unknown>
  close(): unknown
  duplicate(): unknown
}

/** A client of node-redis, as the suites of subscriptions use it. */
export const subscribing = (given: unknown, group: SubscribingClient['group']): SubscribingClient => {
  const client = given as Client
  return {
    group,
    get: (key) => client.get(key),
    publish: (channel, message) => client.publish(channel, message),
    connect: () => client.connect(),
    close: async () => client.close(),
    subscribe: (kind, name, onMessage) => client[METHODS[kind][0]](name, onMessage),
    unsubscribe: (kind, name) => client[METHODS[kind][1]](name),
    duplicate: () => subscribing(client.duplicate(), group),
  }
}
