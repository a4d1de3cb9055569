import { createFailoverCluster } from '@redis-endpoint-failover/node-redis'
import { createCluster } from 'redis'

const { client, group } = createFailoverCluster({
  create: createCluster,
  clientOptions: { defaults: { username: 'app', password: 'secret' } },
  endpoints: [
    { id: 'east', weight: 2, options: { rootNodes: [{ url: 'redis://east-1:6379' }, { url: 'redis://east-2:6379' }] } },
    { id: 'west', weight: 1, options: { rootNodes: [{ url: 'redis://west-1:6379' }, { url: 'redis://west-2:6379' }] } },
  ],
})

await client.connect()
await client.set('greeting', 'hello') // `client` has exactly the type that `create` returns
await group.close()
