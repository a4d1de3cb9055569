import type { AdapterConnection, ClientAdapter, ConnectionRequest, EndpointKind } from '@redis-endpoint-failover/core'
import type { ClientFactory, FactoryOf } from '../client-factory.ts'
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
export const standalone = <TClient>(
  create: ClientFactory<TClient>,
  options: NodeRedisOptions,
): EndpointTarget<TClient> =>
  targetOf(
    'standalone',
    createNodeRedisAdapter(create as (options: NodeRedisOptions) => NodeRedisClient),
    mergeOptions({}, options),
  )

/** An endpoint of a mixed group with a pool of connections to one server. @throws ConfigurationError */
export const pool = <TPool>(
  create: FactoryOf<TPool, Parameters<CreatePool<unknown>>, NodeRedisPool>,
  options: NodeRedisPoolOptions,
): EndpointTarget<TPool> =>
  targetOf('pool', createPoolAdapter(create as CreatePool<NodeRedisPool>), {
    ...(mergeOptions({}, options as NodeRedisOptions) as NodeRedisPoolOptions),
    ...(options.pool === undefined ? {} : { pool: options.pool }),
  })

/** An endpoint of a mixed group that is a Cluster: `cluster(createCluster, { rootNodes })`. @throws ConfigurationError */
export const cluster = <TCluster>(
  create: FactoryOf<TCluster, [options: NodeRedisClusterOptions], NodeRedisCluster>,
  options: NodeRedisClusterOptions,
): EndpointTarget<TCluster> =>
  targetOf(
    'cluster',
    createClusterAdapter(create as (options: NodeRedisClusterOptions) => NodeRedisCluster),
    mergeClusterOptions({}, options),
  )

/** An endpoint of a mixed group that Sentinels look after. @throws ConfigurationError */
export const sentinel = <TSentinel>(
  create: FactoryOf<TSentinel, [options: NodeRedisSentinelOptions], NodeRedisSentinel>,
  options: NodeRedisSentinelOptions,
): EndpointTarget<TSentinel> =>
  targetOf(
    'sentinel',
    createSentinelAdapter(create as (options: NodeRedisSentinelOptions) => NodeRedisSentinel),
    mergeSentinelOptions({}, options),
  )

// The caller's factory makes clients of the type `TClient`.
const targetOf = <TClient, TOptions>(
  kind: EndpointTarget['kind'],
  adapter: ClientAdapter<unknown, TOptions>,
  options: TOptions,
): EndpointTarget<TClient> => ({
  kind,
  address: adapter.describeAddress(options),
  endpointKind: adapter.endpointKind?.(options) ?? 'single',
  open: (request) => adapter.createConnection({ ...request, options }) as AdapterConnection<TClient>,
})
