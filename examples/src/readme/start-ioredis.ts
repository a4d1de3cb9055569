import { createFailoverClient } from '@redis-endpoint-failover/ioredis'
import { Redis } from 'ioredis'

const { client, group } = createFailoverClient({
  Redis,
  endpoints: [
    { id: 'east', weight: 2, options: { host: 'east', port: 6379 } },
    { id: 'west', weight: 1, options: { host: 'west', port: 6379 } },
  ],
})
group.on('failover', ({ from, to, reason }) => console.log(`${from} -> ${to}: ${reason}`))

await client.set('greeting', 'hello') // `client instanceof Redis`; it connects by itself, as ioredis does
console.log(await client.get('greeting'))
await group.close()
