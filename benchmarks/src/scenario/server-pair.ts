import { type RedisServer, startServers } from '@redis-endpoint-failover/test-infra'
import type { Address } from '../client/benchmark-client.ts'

/** Two servers that remember what they executed, even if they are killed, so that they can be asked afterwards. */
export interface ServerPair {
  /** The preferred one. */
  readonly east: RedisServer
  readonly west: RedisServer
  readonly addresses: readonly Address[]
  stop(): Promise<void>
}

export async function startPair(): Promise<ServerPair> {
  // The log is written before a reply is sent, and the page cache outlives the process; fsync would only add noise.
  const [east, west] = await startServers(['east', 'west'], { args: { appendonly: 'yes', appendfsync: 'no' } })
  return {
    east,
    west,
    addresses: [addressOf('east', east), addressOf('west', west)],
    stop: async () => void (await Promise.all([east.stop(), west.stop()])),
  }
}

export const addressOf = (id: string, { host, port }: { host: string; port: number }): Address => ({ id, host, port })
