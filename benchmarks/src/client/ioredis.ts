import { createFailoverClient } from '@redis-endpoint-failover/ioredis'
import { Redis } from 'ioredis'
import type { BenchmarkClient } from './benchmark-client.ts'

export const ioRedis: BenchmarkClient = {
  name: 'ioredis',
  createRouted(addresses, settings = {}) {
    const { client, group } = createFailoverClient({
      ...settings,
      Redis,
      clientOptions: { lazyConnect: true },
      endpoints: addresses.map(({ id, ...options }, index) => ({ id, weight: addresses.length - index, options })),
    })
    client.on('error', () => undefined)
    return {
      client,
      group: group as never,
      send: (command = '', ...words) => client.call(command, ...words),
      connect: () => client.connect(),
      close: () => group.close(),
    }
  },
  createBare({ host, port }) {
    const client = new Redis({ host, port, lazyConnect: true })
    client.on('error', () => undefined)
    return { client, connect: () => client.connect(), close: async () => void (await client.quit()) }
  },
}
