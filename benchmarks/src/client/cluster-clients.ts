import { createFailoverCluster as createFailoverIoredis } from '@redis-endpoint-failover/ioredis'
import { createFailoverCluster } from '@redis-endpoint-failover/node-redis'
import { Cluster } from 'ioredis'
import { createCluster } from 'redis'
import type { ClientName, Commands, ObservedGroup } from './benchmark-client.ts'

/** A Redis Cluster as an endpoint. */
export interface ClusterAddress {
  readonly id: string
  readonly nodes: readonly { readonly host: string; readonly port: number }[]
}

/** A transparent Cluster client with its group. */
export interface RoutedCluster {
  readonly client: Pick<Commands, 'get' | 'incr'>
  readonly group: ObservedGroup
  connect(): Promise<void>
  close(): Promise<void>
}

/** All endpoints are up when it has connected. The first one is preferred. */
const start = { policy: 'all', timeout: 20_000 } as const

const nodeRedis = (clusters: readonly ClusterAddress[]): RoutedCluster => {
  const { client, group } = createFailoverCluster({
    create: (options) => createCluster(options),
    endpoints: clusters.map(({ id, nodes }, index) => ({
      id,
      weight: clusters.length - index,
      options: { rootNodes: nodes.map((socket) => ({ socket })) },
    })),
    start,
  })
  client.on('error', () => undefined)
  return {
    client: client as never,
    group: group as never,
    connect: async () => void (await client.connect()),
    close: () => group.close(),
  }
}

const ioredis = (clusters: readonly ClusterAddress[]): RoutedCluster => {
  const { client, group } = createFailoverIoredis({
    Cluster,
    clientOptions: { lazyConnect: true },
    endpoints: clusters.map(({ id, nodes }, index) => ({
      id,
      weight: clusters.length - index,
      options: { nodes: [...nodes] },
    })),
    start,
  })
  client.on('error', () => undefined)
  return { client, group: group as never, connect: () => client.connect(), close: () => group.close() }
}

export const createRoutedCluster = (name: ClientName, clusters: readonly ClusterAddress[]): RoutedCluster =>
  ({ 'node-redis': nodeRedis, ioredis })[name](clusters)
