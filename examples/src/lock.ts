// What a lock of redis-semaphore is worth across a failover. Never two holders on one endpoint; the old one is told.
import { setTimeout as sleep } from 'node:timers/promises'
import { createFailoverClient } from '@redis-endpoint-failover/ioredis'
import { Redis } from 'ioredis'
import { Mutex } from 'redis-semaphore'
import { startRedis } from './infra/redis.ts'

const [east, west, south] = await startRedis('east', 'west', 'south')

const { client, group } = createFailoverClient({
  Redis,
  // To renew a lock and to give it back, scripts look at the owner first: twice is as good as once.
  retry: { isIdempotent: ([name]) => /^eval/i.test(String(name)) },
  endpoints: [
    { id: 'east', weight: 3, options: { host: east.host, port: east.port } },
    { id: 'west', weight: 2, options: { host: west.host, port: west.port } },
    { id: 'south', weight: 1, options: { host: south.host, port: south.port } },
  ],
})
group.on('failover', ({ from, to, reason }) => console.log(`failover: ${from} -> ${to} (${reason})`))

// Short times for an example. The lock is renewed every 200 ms, and found to be lost by the same.
const times = { lockTimeout: 1000, refreshInterval: 200, retryInterval: 5, acquireTimeout: 3000 }

/** Who is inside, by the endpoint on which the lock was taken. Two on one endpoint would mean that it is no lock. */
const inside: Record<string, number> = { east: 0, west: 0, south: 0 }
let sections = 0
let together = 0
let failures = 0

async function work(until: AbortSignal): Promise<void> {
  const mutex = new Mutex(client, 'report', { ...times, onLockLost: () => failures++ })
  while (!until.aborted) {
    try {
      await mutex.acquire()
      const endpoint = group.active ?? ''
      if (++inside[endpoint]! > 1) together++
      await sleep(2)
      inside[endpoint]!--
      sections++
      await mutex.release()
    } catch {
      // The reply was lost: whether the lock was taken or given back is not known. It runs out after `lockTimeout`.
      failures++
    }
  }
}

const stop = new AbortController()
const workers = [1, 2, 3].map(() => work(stop.signal))
await sleep(300)
const before = sections
console.log('east is killed while three workers take turns')
await east.kill()
await sleep(700)
stop.abort()
await Promise.all(workers)
console.log(`turns: ${before} on east, ${sections - before} on west`)
console.log(`two holders on one endpoint: ${together}; commands without a reply: ${failures}`)

// The hard case: a lock that is held while its endpoint dies is unknown to the other endpoint.
const lost = new Promise<number>((resolve) => {
  const mutex = new Mutex(client, 'long report', { ...times, onLockLost: () => resolve(performance.now()) })
  void mutex.acquire()
})
await sleep(50)
const second = new Mutex(client, 'long report', { ...times, acquireTimeout: 50 })
console.log(`a second holder on west: ${await second.tryAcquire()}`)
console.log('west is killed')
await west.kill()
console.log(`a second holder on south, which never heard of the lock: ${await second.tryAcquire()}`)
const both = performance.now()
const told = (await lost) - both
console.log(
  `the first holder was told ${told < times.refreshInterval + 100 ? 'at its next renewal' : `after ${told} ms`}`,
)
await second.release()

await group.close()
