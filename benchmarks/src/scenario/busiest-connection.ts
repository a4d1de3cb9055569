import { setTimeout as sleep } from 'node:timers/promises'
import type { FaultProxy, ProxiedConnection } from '@redis-endpoint-failover/test-infra'

const watchMs = 200

/** The connections by how much they carry, the busiest first: the monitor says a few bytes a second, the standby nothing. */
export async function connectionsByTraffic(proxy: FaultProxy): Promise<ProxiedConnection[]> {
  const before = new Map(proxy.connections.map((connection) => [connection.id, connection.bytesUp]))
  await sleep(watchMs)
  const grown = (connection: ProxiedConnection): number => connection.bytesUp - (before.get(connection.id) ?? 0)
  return [...proxy.connections].sort((a, b) => grown(b) - grown(a))
}

/** The one that carries the traffic. */
export async function busiestConnection(proxy: FaultProxy): Promise<ProxiedConnection> {
  const [busiest] = await connectionsByTraffic(proxy)
  if (busiest === undefined) throw new Error('The client has no connection through the proxy.')
  return busiest
}
