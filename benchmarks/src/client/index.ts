import type { BenchmarkClient, ClientName } from './benchmark-client.ts'

const modules: Readonly<Record<ClientName, () => Promise<BenchmarkClient>>> = {
  'node-redis': async () => (await import('./node-redis.ts')).nodeRedis,
  ioredis: async () => (await import('./ioredis.ts')).ioRedis,
}

/** Loads a client library only where it is measured, so that nobody runs with code of the other one beside it. */
export const loadClient = (name: ClientName): Promise<BenchmarkClient> => modules[name]()
