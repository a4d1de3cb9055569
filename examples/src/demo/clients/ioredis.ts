import { createFailoverClient } from '@redis-endpoint-failover/ioredis'
import { Redis } from 'ioredis'
import { endpointIds, groupOptions, password, weights } from '../settings.ts'
import type { DemoClient, Servers } from './demo-client.ts'

export function openIoredis(servers: Servers): DemoClient {
  const { client, group } = createFailoverClient({
    ...groupOptions,
    Redis,
    clientOptions: { password },
    endpoints: endpointIds.map((id) => {
      const { host, port } = servers[id]
      return { id, weight: weights[id], options: { host, port } }
    }),
  })
  return { group, get: (key) => client.get(key), incr: (key) => client.incr(key) }
}
