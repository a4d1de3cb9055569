import { createFailoverClient } from '@redis-endpoint-failover/node-redis'
import { createClient } from 'redis'

const { client, group } = createFailoverClient({
  create: createClient,
  endpoints: [
    { id: 'east', weight: 2, options: { url: 'redis://east:6379' } },
    { id: 'west', weight: 1, options: { url: 'redis://west:6379' } },
  ],
})
group.on('failover', ({ from, to, reason }) => console.log(`${from} -> ${to}: ${reason}`))

await client.connect()
await client.set('greeting', 'hello') // `client` has exactly the type that createClient returns
console.log(await client.get('greeting'))
await group.close()
