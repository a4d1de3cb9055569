// A health check of one's own: a server that turns into a replica is left, before any write fails.
import { setTimeout as sleep } from 'node:timers/promises'
import { createFailoverClient, type HealthCheck, healthy, unhealthy } from '@redis-endpoint-failover/ioredis'
import { waitForReplication } from '@redis-endpoint-failover/test-infra'
import { Redis } from 'ioredis'
import { startRedis } from './infra/redis.ts'

const [east, west] = await startRedis('east', 'west')
await west.command('REPLICAOF', east.host, east.port)
await waitForReplication(west)

/** ROLE answers ['master', ...] or ['slave', ...]. */
const isPrimary: HealthCheck = {
  name: 'is-primary',
  // An endpoint that says no is left. With 'eligibility' it would only not be moved to.
  governs: 'liveness',
  capability: true,
  check: async ({ command }) => {
    const [role] = (await command(['ROLE'])) as [string]
    return role === 'master' ? healthy() : unhealthy(`its role is ${role}`)
  },
}

const { client, group } = createFailoverClient({
  Redis,
  preset: 'fast',
  health: { check: isPrimary },
  endpoints: [
    { id: 'east', weight: 2, options: { host: east.host, port: east.port } },
    { id: 'west', weight: 1, options: { host: west.host, port: west.port } },
  ],
})
group.on('failover', ({ from, to, reason }) => console.log(`failover: ${from} -> ${to} (${reason})`))
await group.start()
console.log(`visits: ${await client.incr('visits')}`)
console.log(group.explain('west'))

console.log('the two swap their roles')
await waitForReplication(west)
await west.command('REPLICAOF', 'NO', 'ONE')
await east.command('REPLICAOF', west.host, west.port)
while (group.active === 'east') await sleep(10)

console.log(group.explain('east'))
console.log(`visits: ${await client.incr('visits')}`)

await group.close()
