// Use it
export { createFailoverClient, type FailoverClient, type FailoverClientOptions } from './create-failover-client.ts'
export type { ClientFactory, FactoryOf } from './client-factory.ts'
export { createFailoverPool, type FailoverPool, type FailoverPoolOptions } from './create-failover-pool.ts'
export { createFailoverCluster, type FailoverCluster, type FailoverClusterOptions } from './create-failover-cluster.ts'
export {
  createFailoverSentinel,
  type FailoverSentinel,
  type FailoverSentinelOptions,
} from './create-failover-sentinel.ts'
export { createFailoverGroup, type MixedGroupOptions } from './create-failover-group.ts'
export { cluster, type EndpointTarget, pool, sentinel, standalone } from './kinds/endpoint-target.ts'
export type { NodeRedisNodeOptions } from './kinds/node-options.ts'
export type { CreatePool, NodeRedisPool, NodeRedisPoolOptions, NodeRedisPoolSettings } from './kinds/pool.ts'
export type { NodeRedisCluster, NodeRedisClusterOptions } from './kinds/cluster.ts'
export type { NodeRedisSentinel, NodeRedisSentinelOptions } from './kinds/sentinel.ts'
export type { NodeRedisOptions, NodeRedisSocketOptions } from './options/node-redis-options.ts'
export type { NodeRedisClient } from './native/node-redis-client.ts'

// Build a group of your own on it
export { createNodeRedisAdapter } from './node-redis-adapter.ts'

// Everything else: groups, events, strategies, health checks, errors
export * from '@redis-endpoint-failover/core'
