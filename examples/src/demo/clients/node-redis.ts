import { createFailoverClient } from '@redis-endpoint-failover/node-redis'
import { createClient } from 'redis'
import { endpointIds, groupOptions, weights } from '../settings.ts'
import type { DemoClient, Servers } from './demo-client.ts'

export function openNodeRedis(servers: Servers): DemoClient {
  const { client, group } = createFailoverClient({
    ...groupOptions,
    create: createClient,
    endpoints: endpointIds.map((id) => ({ id, weight: weights[id], options: { url: servers[id].url } })),
  })
  return { group, get: (key) => client.get(key), incr: (key) => client.incr(key) }
}
