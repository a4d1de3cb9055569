import { type RedisServer, startServers } from '@redis-endpoint-failover/test-infra'

/**
 * Starts real Redis servers on free ports; they end with this process. An application has its servers already.
 * Each holds its own name under the key `whoami`, so that a read tells which server answered.
 */
export async function startRedis<const Names extends readonly string[]>(
  ...names: Names
): Promise<{ [K in keyof Names]: RedisServer }> {
  const servers = await startServers(names)
  for (const server of servers as readonly RedisServer[]) {
    await server.command('SET', 'whoami', server.name)
    console.log(`${server.name} runs at ${server.url}`)
  }
  return servers
}
