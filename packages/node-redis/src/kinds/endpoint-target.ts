import type { AdapterConnection, ClientAdapter, ConnectionRequest, EndpointKind } from '@redis-endpoint-failover/core'
import { mergeClusterOptions } from '../create-failover-cluster.ts'
import { mergeSentinelOptions } from '../create-failover-sentinel.ts'
import type { NodeRedisClient } from '../native/node-redis-client.ts'
import { createNodeRedisAdapter } from '../node-redis-adapter.ts'
import { mergeOptions } from '../options/merge-options.ts'
import type { NodeRedisOptions } from '../options/node-redis-options.ts'
import type { NodeRedisCluster, NodeRedisClusterOptions } from './cluster.ts'
import { createClusterAdapter, createPoolAdapter, createSentinelAdapter } from './kind-adapter.ts'
import type { CreatePool, NodeRedisPool, NodeRedisPoolOptions } from './pool.ts'
import type { NodeRedisSentinel, NodeRedisSentinelOptions } from './sentinel.ts'

/** What an endpoint of a mixed group is made with: a kind of client, the caller's factory for it, and its options. */
export interface EndpointTarget<TClient = unknown> {
  readonly kind: 'standalone' | 'pool' | 'cluster' | 'sentinel'
  /** `host:port`, without anything secret. */
  readonly address: string
  readonly endpointKind: EndpointKind
  /** Makes a client for one connection; for the group. */
  readonly open: (request: Omit<ConnectionRequest<unknown>, 'options'>) => AdapterConnection<TClient>
}

/** An endpoint of a mixed group with one server: `standalone(createClient, { url })`. @throws ConfigurationError */
export const standalone = <TClient extends NodeRedisClient>(
  create: (options: NodeRedisOptions) => TClient,
  options: NodeRedisOptions,
): EndpointTarget<TClient> => targetOf('standalone', createNodeRedisAdapter(create), mergeOptions({}, options))

/** An endpoint of a mixed group with a pool of connections to one server. @throws ConfigurationError */
export const pool = <TPool extends NodeRedisPool>(
  create: CreatePool<TPool>,
  options: NodeRedisPoolOptions,
): EndpointTarget<TPool> =>
  targetOf('pool', createPoolAdapter(create), {
    ...(mergeOptions({}, options as NodeRedisOptions) as NodeRedisPoolOptions),
    ...(options.pool === undefined ? {} : { pool: options.pool }),
  })

/** An endpoint of a mixed group that is a Cluster: `cluster(createCluster, { rootNodes })`. @throws ConfigurationError */
export const cluster = <TCluster extends NodeRedisCluster>(
  create: (options: NodeRedisClusterOptions) => TCluster,
  options: NodeRedisClusterOptions,
): EndpointTarget<TCluster> => targetOf('cluster', createClusterAdapter(create), mergeClusterOptions({}, options))

/** An endpoint of a mixed group that Sentinels look after. @throws ConfigurationError */
export const sentinel = <TSentinel extends NodeRedisSentinel>(
  create: (options: NodeRedisSentinelOptions) => TSentinel,
  options: NodeRedisSentinelOptions,
): EndpointTarget<TSentinel> => targetOf('sentinel', createSentinelAdapter(create), mergeSentinelOptions({}, options))

const targetOf = <TClient, TOptions>(
  kind: EndpointTarget['kind'],
  adapter: ClientAdapter<TClient, TOptions>,
  options: TOptions,
): EndpointTarget<TClient> => ({
  kind,
  address: adapter.describeAddress(options),
  endpointKind: adapter.endpointKind?.(options) ?? 'single',
  open: (request) => adapter.createConnection({ ...request, options }),
})
