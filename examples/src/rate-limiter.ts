// Limits of rate-limiter-flexible on both clients: they hold on the endpoint in use, and in memory while there is none.
import * as forIoredis from '@redis-endpoint-failover/ioredis'
import * as forNodeRedis from '@redis-endpoint-failover/node-redis'
import { Redis } from 'ioredis'
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible'
import { createClient } from 'redis'
import { startRedis } from './infra/redis.ts'

const [east, west] = await startRedis('east', 'west')
const servers = [
  { server: east, weight: 2 },
  { server: west, weight: 1 },
]

const settings = {
  selectionTimeout: 50, // the limiter in memory decides sooner than a Redis that has to come back first
  retry: { isIdempotent: ([name]: readonly unknown[]) => /^eval/i.test(String(name)) }, // rather one point too many
}
const ioredis = forIoredis.createFailoverClient({
  Redis,
  ...settings,
  endpoints: servers.map(({ server: { name, host, port }, weight }) => ({ id: name, weight, options: { host, port } })),
})
const nodeRedis = forNodeRedis.createFailoverClient({
  create: createClient,
  ...settings,
  endpoints: servers.map(({ server: { name, url }, weight }) => ({ id: name, weight, options: { url } })),
})
await nodeRedis.client.connect()
nodeRedis.group.on('failover', ({ from, to, reason }) => console.log(`failover: ${from} -> ${to} (${reason})`))

const limit = { points: 5, duration: 60 }
/** While there is no Redis, each process counts for itself. */
const inMemory = () => new RateLimiterMemory(limit)
const limiters = {
  ioredis: new RateLimiterRedis({ ...limit, storeClient: ioredis.client, insuranceLimiter: inMemory() }),
  'node-redis': new RateLimiterRedis({
    ...limit,
    storeClient: nodeRedis.client,
    useRedisPackage: true,
    keyPrefix: 'of-node-redis',
    insuranceLimiter: inMemory(),
  }),
}

/** Ten calls of one user: how many are let through. */
async function callTenTimes(limiter: RateLimiterRedis): Promise<number> {
  let allowed = 0
  for (let i = 0; i < 10; i++) {
    try {
      await limiter.consume('user')
      allowed++
    } catch (reason) {
      // A refusal is no Error; that Redis is away would be one, if no limiter stood in for it.
      if (reason instanceof Error) throw reason
    }
  }
  return allowed
}

async function show(when: string): Promise<void> {
  for (const [name, limiter] of Object.entries(limiters))
    console.log(`${when}, ${name}: ${await callTenTimes(limiter)} of 10 calls allowed`)
}

await show('on east')
console.log('east is killed')
await east.kill()
await show('on west, which counts from the start')
console.log('west is killed, too')
await west.kill()
await show('in memory')
console.log('west comes back, empty')
await west.restart()
await Promise.all([ioredis.group, nodeRedis.group].map((group) => group.switchTo('west', { pin: false })))
await show('on west')

await Promise.all([ioredis.group.close(), nodeRedis.group.close()])
