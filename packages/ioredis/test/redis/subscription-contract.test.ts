import {
  type ClientSetup,
  describeSubscriptionContract,
  type ServerAddress,
  type SubscribingClient,
} from '@redis-endpoint-failover/testkit'
import { Redis } from 'ioredis'
import { createFailoverClient, type IoredisOptions } from '../../src/index.ts'

const optionsFor = ({ host, port, password }: ServerAddress): IoredisOptions => ({
  host,
  port,
  ...(password !== undefined && { password }),
})

const METHODS = {
  channel: ['subscribe', 'unsubscribe', 'message'],
  pattern: ['psubscribe', 'punsubscribe', 'pmessage'],
  shardChannel: ['ssubscribe', 'sunsubscribe', 'smessage'],
} as const

const subscribing = (client: Redis, group: SubscribingClient['group']): SubscribingClient => ({
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
  duplicate: () => subscribing(client.duplicate(), group),
})

const createWith =
  (protocol: 2 | 3) =>
  ({ endpoints, groupOptions }: ClientSetup): SubscribingClient => {
    const { client, group } = createFailoverClient({
      ...groupOptions,
      Redis,
      clientOptions: { lazyConnect: true, protocol },
      endpoints: endpoints.map(({ server, ...endpoint }) => ({ ...endpoint, options: optionsFor(server) })),
    })
    return subscribing(client, group)
  }

describeSubscriptionContract({ name: 'ioredis with RESP3', createClient: createWith(3), faults: true })
describeSubscriptionContract({
  name: 'ioredis with RESP2',
  createClient: createWith(2),
  faults: process.env.SUBSCRIPTION_FAULTS !== undefined,
})
