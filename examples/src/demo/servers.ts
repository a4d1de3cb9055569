import { startServers } from '@redis-endpoint-failover/test-infra'
import type { Servers } from './clients/demo-client.ts'
import { endpointIds, password } from './settings.ts'

/**
 * Three real servers. Each writes an append-only file before it replies, so that what it executed can still be counted
 * after it was killed.
 */
export async function startThreeServers(): Promise<Servers> {
  const args = { appendonly: 'yes', appendfsync: 'no' }
  const [east, west, south] = await startServers(endpointIds, { password, args })
  return { east, west, south }
}

export const stopServers = async (servers: Servers): Promise<void> => {
  await Promise.all(endpointIds.map((id) => servers[id].stop()))
}

/** Whatever was done to them: afterwards all of them answer, with the password that they were started with. */
export async function repairServers(servers: Servers): Promise<void> {
  await Promise.all(
    endpointIds.map(async (id) => {
      const server = servers[id]
      if (server.isRunning) await server.resume()
      else await server.restart()
      await server.command('CONFIG', 'SET', 'requirepass', password)
    }),
  )
}

export const pidsOf = (servers: Servers): Record<string, number | undefined> =>
  Object.fromEntries(endpointIds.map((id) => [id, servers[id].isRunning ? servers[id].pid : undefined]))
