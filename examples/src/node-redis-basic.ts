// Two servers and node-redis: the server in use is killed, and the application goes on.
import { setTimeout as sleep } from 'node:timers/promises'
import { createFailoverClient } from '@redis-endpoint-failover/node-redis'
import { createClient } from 'redis'
import { startRedis } from './infra/redis.ts'

const [east, west] = await startRedis('east', 'west')

// What an application writes: its own createClient, and where its servers are.
const { client, group } = createFailoverClient({
  create: createClient,
  endpoints: [
    { id: 'east', weight: 2, options: { url: east.url } },
    { id: 'west', weight: 1, options: { url: west.url } },
  ],
})
group.on('failover', ({ from, to, reason, detectionMs }) => {
  console.log(`failover: ${from} -> ${to} (${reason}), detected in ${Math.round(detectionMs)} ms`)
})
await client.connect()

// From here on `client` is used like any client of node-redis.
const [, greeting] = await client.multi().set('greeting', 'hello').get('greeting').exec()
console.log(`greeting: ${greeting}`)

const answers: Record<string, number> = { east: 0, west: 0, failed: 0 }
for (let i = 1; i <= 100; i++) {
  if (i === 50) {
    console.log('east is killed')
    void east.kill()
  }
  const server = (await client.get('whoami').catch(() => undefined)) ?? 'failed'
  answers[server] = (answers[server] ?? 0) + 1
  await sleep(5)
}
console.log(`100 reads: ${answers.east} by east, ${answers.west} by west, ${answers.failed} failed`)

await group.close()
