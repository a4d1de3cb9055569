import { type AdapterConnection, hashSlot, type ServerDirectory } from '@redis-endpoint-failover/core'
import type { Cluster, Redis } from 'ioredis'
import { EndpointConnection } from '../endpoint-connection.ts'
import { keepSecrets } from '../keep-secrets.ts'
import { within } from '../within.ts'
import { keyOf } from './examine-cluster.ts'

interface Lifetime {
  /** Milliseconds for one connection. */
  readonly connectTimeout: number
  /** Aborted when the Cluster client is destroyed. */
  readonly signal: AbortSignal
}

/** The servers of a Cluster, for subscriptions at them. */
export const clusterServers = (client: Cluster, endpointId: string, lifetime: Lifetime): ServerDirectory => ({
  locate: (shardChannel) => {
    if (shardChannel !== undefined) return client.slots[hashSlot(shardChannel)]?.[0]
    const primaries = client.nodes('master')
    const chosen = primaries[Math.floor(Math.random() * primaries.length)]
    return chosen === undefined ? undefined : keyOf(chosen)
  },
  // Not among the nodes, where one is missing whose connection for commands was lost.
  has: (server) => client.slots.some((servers) => servers?.includes(server)),
  refresh: () => new Promise((resolve) => client.refreshSlotsCache(() => resolve())),
  open: async (server, onLost) => {
    const node = client.nodes().find((one) => keyOf(one) === server)
    if (node === undefined) throw new Error('The server is not connected to.')
    return await open(node, { endpointId, onLost, ...lifetime })
  },
})

/** The node that serves the slot now. */
export const primaryOf = (client: Cluster, slot: number): Redis | undefined => {
  const key = client.slots[slot]?.[0]
  return client.nodes('master').find((node) => keyOf(node) === key)
}

const open = async (
  node: Redis,
  { signal, connectTimeout, ...request }: Lifetime & { endpointId: string; onLost: (error: unknown) => void },
): Promise<AdapterConnection<unknown>> => {
  const client = node.duplicate(SUBSCRIBER_OPTIONS)
  keepSecrets(client.options)
  const connection = new EndpointConnection(
    client,
    { ...request, options: {}, purpose: 'data', connectTimeout },
    () => {},
  )
  const connected = connection.connect().then(() => true)
  if ((await within(connected, { signal, timeoutMs: connectTimeout }).catch(() => false)) === true) return connection
  connection.destroy()
  connected.catch(() => {})
  throw new Error('The server could not be connected to.')
}

/** A connection that ends when it is lost. */
const SUBSCRIBER_OPTIONS = {
  lazyConnect: true,
  enableOfflineQueue: false,
  autoResubscribe: false,
  retryStrategy: () => null,
  connectTimeout: 0,
}
