import type { RedisCluster } from '@redis-endpoint-failover/test-infra'
import { describeClusterSubscriptions } from '@redis-endpoint-failover/testkit'
import { createCluster } from 'redis'
import { createFailoverCluster } from '../../src/index.ts'
import { subscribing } from './subscribing.ts'

const rootNodesOf = ({ addresses }: RedisCluster) => addresses.map((socket) => ({ socket }))

describeClusterSubscriptions({
  name: 'node-redis',
  createClient: (east, west) => {
    const { client, group } = createFailoverCluster({
      create: (options) => createCluster(options),
      endpoints: [
        { id: 'east', weight: 2, options: { rootNodes: rootNodesOf(east) } },
        { id: 'west', weight: 1, options: { rootNodes: rootNodesOf(west) } },
      ],
      start: { policy: 'all', timeout: 20_000 },
      failback: { mode: 'never' },
    })
    return subscribing(client, group)
  },
})
