// Subscriptions: the server in use is killed, messages go on from the other one, and what was missed is read again.
import { EventEmitter, once } from 'node:events'
import { createFailoverClient } from '@redis-endpoint-failover/node-redis'
import { createClient } from 'redis'
import { startRedis } from './infra/redis.ts'

const [east, west] = await startRedis('east', 'west')

const { client, group } = createFailoverClient({
  create: createClient,
  endpoints: [
    { id: 'east', weight: 2, options: { url: east.url } },
    { id: 'west', weight: 1, options: { url: west.url } },
  ],
})
await client.connect()

// A channel says that there is news; what counts is under a key, so that it can be read again.
const arrived = new EventEmitter()
await client.subscribe('price', (price) => {
  console.log(`message: ${price}`)
  arrived.emit('message')
})
group.on('subscriptions-moved', async ({ from, to, channels, gapMs }) => {
  console.log(`${channels} channel moved: ${from} -> ${to}; the last ${Math.round(gapMs)} ms may be missing`)
  console.log(`read again: ${await client.get('price')}`)
  arrived.emit('moved')
})

const message = once(arrived, 'message')
await client.publish('price', '10')
await message

console.log('east is killed, and west is told a new price')
const moved = once(arrived, 'moved')
await west.command('SET', 'price', '11')
await west.command('PUBLISH', 'price', '11')
await east.kill()
await moved

const next = once(arrived, 'message')
await client.publish('price', '12')
await next
await group.close()
