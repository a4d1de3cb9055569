import type { RedisServer } from '@redis-endpoint-failover/test-infra'

/** GET commands that the server was asked to execute. */
export async function readsSeenBy(server: RedisServer): Promise<number> {
  const stats = String(await server.command('INFO', 'commandstats'))
  return Number(/cmdstat_get:calls=(\d+)/.exec(stats)?.[1] ?? 0)
}
