import { createClient } from 'redis'

const client = createClient({ url: process.env.REDIS_URL! })
client.on('error', (error) => console.error(error))
await client.connect()

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

await client.close()
