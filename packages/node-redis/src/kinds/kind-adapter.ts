import type { ClientAdapter, EndpointKind } from '@redis-endpoint-failover/core'
import { classifyError } from '../classify-error.ts'
import { endpointAddress } from '../options/endpoint-address.ts'
import type { NodeRedisOptions } from '../options/node-redis-options.ts'
import { makeCluster, type NodeRedisCluster, type NodeRedisClusterOptions } from './cluster.ts'
import { type CreatePool, makePool, type NodeRedisPool, type NodeRedisPoolOptions } from './pool.ts'
import { makeSentinel, type NodeRedisSentinel, type NodeRedisSentinelOptions } from './sentinel.ts'
import { type MakeBehaviour, SeveralConnection } from './several-connection.ts'

/** Binds pools of node-redis to the core. */
export const createPoolAdapter = <TPool extends NodeRedisPool>(
  create: CreatePool<TPool>,
): ClientAdapter<TPool, NodeRedisPoolOptions> =>
  adapterOf('pool', makePool(create), (options) => endpointAddress(options as NodeRedisOptions))

/** Binds Cluster clients of node-redis to the core. */
export const createClusterAdapter = <TCluster extends NodeRedisCluster>(
  create: (options: NodeRedisClusterOptions) => TCluster,
): ClientAdapter<TCluster, NodeRedisClusterOptions> =>
  adapterOf('managed', makeCluster(create), ({ rootNodes }) =>
    rootNodes.map((node) => endpointAddress(node as NodeRedisOptions)).join(','),
  )

/** Binds Sentinel clients of node-redis to the core. */
export const createSentinelAdapter = <TSentinel extends NodeRedisSentinel>(
  create: (options: NodeRedisSentinelOptions) => TSentinel,
): ClientAdapter<TSentinel, NodeRedisSentinelOptions> =>
  adapterOf(
    'managed',
    makeSentinel(create),
    ({ name, sentinelRootNodes }) =>
      `${name} of ${sentinelRootNodes.map(({ host, port }) => `${host}:${port}`).join(',')}`,
  )

const adapterOf = <TClient extends object, TOptions>(
  endpointKind: EndpointKind,
  make: MakeBehaviour<TClient, TOptions>,
  describeAddress: (options: TOptions) => string,
): ClientAdapter<TClient, TOptions> => ({
  name: 'node-redis',
  createConnection: (request) => new SeveralConnection(make, request),
  classifyError,
  endpointKind: () => endpointKind,
  describeAddress,
})
