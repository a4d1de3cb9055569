// A selection strategy of one's own: stay with one provider, known by a tag, before weights count.
import { createFailoverClient, type SelectionStrategy } from '@redis-endpoint-failover/node-redis'
import { createClient } from 'redis'
import { startRedis } from './infra/redis.ts'

const [east, west, south] = await startRedis('east', 'west', 'south')

/** Candidates come by weight, so the first of our provider is its best. Without one, take the best of all. */
const ownProviderFirst =
  (provider: string): SelectionStrategy =>
  (candidates, { preferred }) =>
    candidates.find(({ tags }) => tags.provider === provider) ?? preferred

const { client, group } = createFailoverClient({
  create: createClient,
  selection: ownProviderFirst('acme'),
  endpoints: [
    { id: 'east', weight: 3, tags: { provider: 'acme' }, options: { url: east.url } },
    { id: 'west', weight: 2, tags: { provider: 'other' }, options: { url: west.url } },
    { id: 'south', weight: 1, tags: { provider: 'acme' }, options: { url: south.url } },
  ],
})
await client.connect()
console.log(`the first choice is ${await client.get('whoami')}`)

await east.kill()
console.log(`without east it is ${await client.get('whoami')}, although west has more weight`)

await south.kill()
console.log(`without all of acme it is ${await client.get('whoami')}`)

await group.close()
