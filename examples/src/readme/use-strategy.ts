import { createFailoverClient, type SelectionStrategy } from '@redis-endpoint-failover/node-redis'
import { createClient } from 'redis'

// Candidates are fit, and come by weight. What is returned is used until something changes.
const ownProviderFirst: SelectionStrategy = (candidates, { preferred }) =>
  candidates.find(({ tags }) => tags.provider === 'acme') ?? preferred

export const { client, group } = createFailoverClient({
  create: createClient,
  selection: ownProviderFirst,
  endpoints: [
    { id: 'east', weight: 3, tags: { provider: 'acme' }, options: { url: 'redis://east:6379' } },
    { id: 'west', weight: 2, tags: { provider: 'other' }, options: { url: 'redis://west:6379' } },
    { id: 'south', weight: 1, tags: { provider: 'acme' }, options: { url: 'redis://south:6379' } },
  ],
})
