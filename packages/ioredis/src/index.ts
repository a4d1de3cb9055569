export {
  createFailoverClient,
  type FailoverClient,
  type FailoverClientOptions,
} from './create-failover-client.ts'
export {
  createFailoverCluster,
  type FailoverCluster,
  type FailoverClusterOptions,
} from './create-failover-cluster.ts'
export type {
  ClusterConstructor,
  IoredisClusterOptions,
  IoredisSharedClusterOptions,
} from './adapter/cluster/cluster-options.ts'
export type { IoredisOptions, RedisConstructor } from './client-options.ts'

export * from '@redis-endpoint-failover/core'
