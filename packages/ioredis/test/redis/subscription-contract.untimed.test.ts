import {
  type ClientSetup,
  describeSubscriptionContract,
  type ServerAddress,
  type SubscribingClient,
} from '@redis-endpoint-failover/testkit'
import { Redis } from 'ioredis'
import { createFailoverClient, type IoredisOptions } from '../../src/index.ts'
import { subscribing } from './subscribing.ts'

const optionsFor = ({ host, port, password }: ServerAddress): IoredisOptions => ({
  host,
  port,
  ...(password !== undefined && { password }),
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
