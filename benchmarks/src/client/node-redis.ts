import { createFailoverClient } from '@redis-endpoint-failover/node-redis'
import { createClient } from 'redis'
import type { BenchmarkClient } from './benchmark-client.ts'

/** The client's own time limit costs most of its throughput and ends at the write: the adapter turns it off. */
const sameAsRouted = { commandOptions: { timeout: undefined as never } }

export const nodeRedis: BenchmarkClient = {
  name: 'node-redis',
  createRouted(addresses, settings = {}) {
    const { client, group } = createFailoverClient({
      ...settings,
      create: createClient,
      endpoints: addresses.map(({ id, host, port, ...credentials }, index) => ({
        id,
        weight: addresses.length - index,
        options: { ...credentials, socket: { host, port } },
      })),
    })
    client.on('error', () => undefined)
    return {
      client: client as never,
      group: group as never,
      send: (...words) => client.sendCommand(words),
      connect: async () => void (await client.connect()),
      close: () => group.close(),
    }
  },
  createBare({ host, port }) {
    const client = createClient({ ...sameAsRouted, socket: { host, port } })
    client.on('error', () => undefined)
    return {
      client: client as never,
      connect: async () => void (await client.connect()),
      close: () => client.close(),
    }
  },
}
