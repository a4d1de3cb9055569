// What a group tells: typed events, all events as an async iteration, a snapshot, and reasons in words.
import { createFailoverClient, type FailoverEvent } from '@redis-endpoint-failover/ioredis'
import { Redis } from 'ioredis'
import { startRedis } from './infra/redis.ts'

const [east, west] = await startRedis('east', 'west')

const { client, group } = createFailoverClient({
  Redis,
  // Moving back after a second instead of ten shortens the example; it would be hasty for an application.
  preset: 'fast',
  failback: { grace: 1000, minStay: 1000 },
  endpoints: [
    { id: 'east', weight: 2, options: { host: east.host, port: east.port } },
    { id: 'west', weight: 1, options: { host: west.host, port: west.port } },
  ],
})

// One kind of event: its fields are typed by its name.
group.on('failover', ({ from, to, detectionMs, ambiguousInFlight }) => {
  console.log(
    `${from} was left for ${to} after ${Math.round(detectionMs)} ms; commands in flight: ${ambiguousInFlight}`,
  )
})

// All of them from here on, in order. What is not read yet is kept; leaving the loop or closing the group ends it.
const events = group.events()
await client.set('greeting', 'hello')
await east.kill()
console.log(`greeting on west: ${await client.get('greeting')}`)

for await (const event of events) {
  const text = describe(event)
  if (text !== undefined) console.log(`#${event.seq} ${event.type}: ${text}`)
  if (event.type === 'failback') break
  if (event.type === 'health-changed' && event.to === 'down') {
    console.log(`explained: ${group.explain(event.endpointId)}`)
    await east.restart()
  }
}

for (const { id, state, active, roundTripMs = 0 } of group.snapshot().endpoints) {
  console.log(`snapshot: ${id} is ${state}${active ? ', active' : ''}, round trip ${roundTripMs.toFixed(1)} ms`)
}
await group.close()

/** `event.type` tells the compiler which fields there are. */
function describe(event: FailoverEvent): string | undefined {
  switch (event.type) {
    case 'activated':
      return `${event.to} (${event.reason})`
    case 'health-changed':
      return `${event.endpointId} ${event.from} -> ${event.to} (${event.reason})`
    case 'failover':
      return `${event.from} -> ${event.to} (${event.reason})`
    case 'failback':
      return `${event.from} -> ${event.to} after ${(event.graceMs / 1000).toFixed(1)} s of grace`
    default:
      return undefined
  }
}
