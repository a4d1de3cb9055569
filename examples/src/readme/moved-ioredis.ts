import { createFailoverClient } from '@redis-endpoint-failover/ioredis'
import { Redis } from 'ioredis'

const { client } = createFailoverClient({ Redis, endpoints: JSON.parse(process.env.REDIS_ENDPOINTS!) })
client.on('error', (error) => console.error(error))

let failed = 0
for (let i = 0; i < 100; i++) {
  await client
    .multi()
    .incr('visits')
    .expire('visits', 3600)
    .exec()
    .catch(() => failed++)
  await new Promise((resolve) => setTimeout(resolve, 5))
}
console.log(`100 visits counted, ${failed} failed`)

await client.quit()
