import { cluster, createFailoverGroup, sentinel, standalone } from '@redis-endpoint-failover/node-redis'
import { createClient, createCluster, createSentinel } from 'redis'

const group = createFailoverGroup({
  endpoints: [
    {
      id: 'cluster',
      weight: 3,
      options: cluster(createCluster, { rootNodes: [{ url: 'redis://cluster-1:6379' }] }),
      health: { topologyGrace: 5000 },
    },
    {
      id: 'sentinel',
      weight: 2,
      options: sentinel(createSentinel, {
        name: 'mymaster',
        sentinelRootNodes: [{ host: 'sentinel-1', port: 26379 }],
      }),
    },
    { id: 'last-resort', options: standalone(createClient, { url: 'redis://spare:6379' }) },
  ],
})

await group.start()
await group.execute((client) => client.set('greeting', 'hello'))
await group.close()
