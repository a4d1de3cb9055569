import type { ClientName } from '../options.ts'
import type { DemoClient, Servers } from './demo-client.ts'

/** Makes the failover client. Only the client library that was asked for is loaded. */
export async function openClient(name: ClientName, servers: Servers): Promise<DemoClient> {
  switch (name) {
    case 'node-redis':
      return (await import('./node-redis.ts')).openNodeRedis(servers)
    case 'ioredis':
      return (await import('./ioredis.ts')).openIoredis(servers)
  }
}
