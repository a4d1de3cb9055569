// Redis first, MariaDB behind it: reads go on from the database while no Redis is there, and return by themselves.
import { setTimeout as sleep } from 'node:timers/promises'
import { createFailoverClient, NoEndpointAvailableError } from '@redis-endpoint-failover/node-redis'
import { createPool } from 'mariadb'
import { createClient } from 'redis'
import { startMariaDb } from './infra/mariadb.ts'
import { startRedis } from './infra/redis.ts'

const [east, west] = await startRedis('east', 'west')
const database = createPool({ ...(await startMariaDb()), connectionLimit: 2 })
await database.query('CREATE DATABASE shop')
await database.query('CREATE TABLE shop.products (id INT PRIMARY KEY, name TEXT)')
await database.query("INSERT INTO shop.products VALUES (7, 'teapot')")

const { client, group } = createFailoverClient({
  create: createClient,
  endpoints: [
    { id: 'east', weight: 2, options: { url: east.url } },
    { id: 'west', weight: 1, options: { url: west.url } },
  ],
  selectionTimeout: 50, // the database answers sooner than a Redis that has to come back first
  start: { policy: 'none' }, // the application starts without Redis, too
  retry: { isIdempotent: ([name]) => name === 'SET' }, // filling the cache twice does no harm
})

/** Read-through. The TTL bounds for how long Redis may serve what was changed while it was away. */
async function readProduct(id: number): Promise<{ name: string | undefined; source: string }> {
  const key = `product:${id}`
  const cached = await unlessAway(client.get(key))
  if (typeof cached === 'string') return { name: cached, source: 'Redis' }
  const [row] = await database.query<{ name: string }[]>('SELECT name FROM shop.products WHERE id = ?', [id])
  if (row !== undefined) await unlessAway(client.set(key, row.name, { EX: 60 }))
  return { name: row?.name, source: 'MariaDB' }
}

/** No Redis is no error here; everything else is. */
async function unlessAway<T>(reply: Promise<T>): Promise<T | undefined> {
  try {
    return await reply
  } catch (error) {
    if (NoEndpointAvailableError.isInstance(error)) return undefined
    throw error
  }
}

async function show(): Promise<string> {
  const { name, source } = await readProduct(7)
  console.log(`product 7 is a ${name}, says ${source}`)
  return source
}

await client.connect()
await show()
await show()

console.log('both Redis servers are killed')
await Promise.all([east.kill(), west.kill()])
for (let i = 0; i < 3; i++) await show()

console.log('west comes back, empty')
await west.restart()
while ((await readProduct(7)).source === 'MariaDB') await sleep(20)
await show()

await Promise.all([group.close(), database.end()])
