import {
  type ClientSetup,
  describeSubscriptionContract,
  type ServerAddress,
  type SubscribingClient,
} from '@redis-endpoint-failover/testkit'
import { createClient } from 'redis'
import { createFailoverClient, type FailoverGroup, type NodeRedisOptions } from '../../src/index.ts'

type Client = ReturnType<typeof createClient>

const optionsFor = ({ host, port, password }: ServerAddress): NodeRedisOptions => ({
  ...(password === undefined ? {} : { password }),
  socket: { host, port },
})

const METHODS = {
  channel: ['subscribe', 'unsubscribe'],
  pattern: ['pSubscribe', 'pUnsubscribe'],
  shardChannel: ['sSubscribe', 'sUnsubscribe'],
} as const

const subscribing = (client: Client, group: SubscribingClient['group']): SubscribingClient => ({
  group,
  get: (key) => client.get(key),
  publish: (channel, message) => client.publish(channel, message),
  connect: () => client.connect(),
  close: () => client.close(),
  subscribe: (kind, name, onMessage) => client[METHODS[kind][0]](name, onMessage),
  unsubscribe: (kind, name) => client[METHODS[kind][1]](name),
  duplicate: () => subscribing(client.duplicate() as Client, group),
})

const createWith =
  (RESP: 2 | 3) =>
  ({ endpoints, groupOptions }: ClientSetup): SubscribingClient => {
    const { client, group } = createFailoverClient({
      ...groupOptions,
      create: (options) => createClient({ ...options, RESP }) as unknown as Client,
      endpoints: endpoints.map(({ id, weight, server }) => ({ id, weight, options: optionsFor(server) })),
    })
    return subscribing(client, group satisfies FailoverGroup<Client, NodeRedisOptions>)
  }

describeSubscriptionContract({ name: 'node-redis with RESP3', createClient: createWith(3), faults: true })
describeSubscriptionContract({
  name: 'node-redis with RESP2',
  createClient: createWith(2),
  faults: process.env.SUBSCRIPTION_FAULTS !== undefined,
})
