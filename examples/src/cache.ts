// Keyv as a cache: answers come from Redis, from the other Redis after a crash, and without any from the source itself.
import { setTimeout as sleep } from 'node:timers/promises'
import KeyvRedis, { createClient, Keyv } from '@keyv/redis'
import { createFailoverClient } from '@redis-endpoint-failover/node-redis'
import { startRedis } from './infra/redis.ts'

const [east, west] = await startRedis('east', 'west')

const { client, group } = createFailoverClient({
  create: createClient,
  selectionTimeout: 50, // the source answers sooner than a Redis that has to come back first
  retry: { isIdempotent: ([name]) => name === 'SET' || name === 'UNLINK' }, // a cache is filled twice without harm
  endpoints: [
    { id: 'east', weight: 2, options: { url: east.url } },
    { id: 'west', weight: 1, options: { url: west.url } },
  ],
})
group.on('failover', ({ from, to, reason }) => console.log(`failover: ${from} -> ${to} (${reason})`))

const cache = new Keyv<string>(new KeyvRedis(client, { namespace: 'products' }), { useKeyPrefix: false })
// Without a listener, Keyv would throw instead of missing.
let misses = 0
cache.on('error', () => misses++)

let asked = 0
async function readProduct(id: number): Promise<string> {
  const cached = await cache.get(`${id}`)
  if (cached !== undefined) return `${cached}, from the cache`
  asked++
  await sleep(1) // a slow source
  await cache.set(`${id}`, `product ${id}`, 60_000)
  return `product ${id}, from the source`
}

async function readAll(): Promise<string> {
  const before = asked
  for (let id = 0; id < 20; id++) await readProduct(id)
  return `20 products read, ${asked - before} of them from the source`
}

console.log(`at first: ${await readAll()}`)
console.log(`again: ${await readAll()}`)

console.log('east is killed')
await east.kill()
console.log(`on west: ${await readAll()}`)
console.log(`again: ${await readAll()}`)

console.log('west is killed, too')
await west.kill()
console.log(`without any Redis: ${await readAll()}`)

console.log('west comes back, empty')
await west.restart()
while (!(await readProduct(0)).endsWith('the cache')) await sleep(20)
console.log(`on west: ${await readAll()}`)
console.log(`again: ${await readAll()}`)
await cache.clear()
console.log(`cleared: ${await readProduct(0)}; ${misses > 0 ? 'every failure was a miss' : 'nothing ever failed'}`)

await group.close()
