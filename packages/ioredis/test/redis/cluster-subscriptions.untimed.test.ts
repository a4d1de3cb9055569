import { describeClusterSubscriptions } from '@redis-endpoint-failover/testkit'
import { Cluster } from 'ioredis'
import { createFailoverCluster } from '../../src/index.ts'
import { subscribing } from './subscribing.ts'

describeClusterSubscriptions({
  name: 'ioredis',
  createClient: (east, west) => {
    const { client, group } = createFailoverCluster({
      Cluster,
      clientOptions: { lazyConnect: true },
      endpoints: [
        { id: 'east', weight: 2, options: { nodes: east.addresses } },
        { id: 'west', weight: 1, options: { nodes: west.addresses } },
      ],
      start: { policy: 'all', timeout: 20_000 },
      failback: { mode: 'never' },
    })
    return subscribing(client, group)
  },
})
