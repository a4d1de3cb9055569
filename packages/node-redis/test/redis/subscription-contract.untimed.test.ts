import {
  type ClientSetup,
  describeSubscriptionContract,
  type ServerAddress,
  type SubscribingClient,
} from '@redis-endpoint-failover/testkit'
import { createClient } from 'redis'
import { createFailoverClient, type FailoverGroup, type NodeRedisOptions } from '../../src/index.ts'
import { subscribing } from './subscribing.ts'

type Client = ReturnType<typeof createClient>

const optionsFor = ({ host, port, password }: ServerAddress): NodeRedisOptions => ({
  ...(password === undefined ? {} : { password }),
  socket: { host, port },
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
