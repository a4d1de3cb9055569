import type { FailoverGroup, FailoverGroupOptions } from '@redis-endpoint-failover/core'
import type { FactoryOf } from './client-factory.ts'
import { CLUSTER } from './generated/kinds.ts'
import { makeKind } from './generated/make-kind.ts'
import { checkServers } from './kinds/check-factory-options.ts'
import { type NodeRedisCluster, type NodeRedisClusterOptions, phantomCluster } from './kinds/cluster.ts'
import { createClusterAdapter } from './kinds/kind-adapter.ts'

export interface FailoverClusterOptions<TCluster> extends FailoverGroupOptions<NodeRedisClusterOptions> {
  /**
   * Makes a Cluster client: `createCluster`, or `(options) => createCluster({ ...options, modules })`. Called once for the
   * generated client, which never connects, and once for each connection to an endpoint; it should not connect.
   */
  readonly create: FactoryOf<TCluster, [options: NodeRedisClusterOptions], NodeRedisCluster>
  /** Options for all endpoints; `defaults` are merged field by field. */
  readonly clientOptions?: Partial<NodeRedisClusterOptions>
}

export interface FailoverCluster<TCluster> {
  /** Of exactly the type that `create` returns. Its commands go to whichever Cluster serves. */
  readonly client: TCluster
  /** The Clusters behind it: events, health, switching. Ends with its last client, or by `group.close()`. */
  readonly group: FailoverGroup<TCluster, NodeRedisClusterOptions>
}

/**
 * Makes a Cluster client that fails over between whole Clusters. Nothing is connected until `client.connect()` or
 * `group.start()`.
 *
 * @throws ConfigurationError
 */
export const createFailoverCluster = <TCluster>(options: FailoverClusterOptions<TCluster>): FailoverCluster<TCluster> =>
  // `create` makes clients of the type `TCluster`, and nothing else reaches the group.
  makeKind<
    NodeRedisCluster,
    NodeRedisClusterOptions,
    Partial<NodeRedisClusterOptions>,
    (options: NodeRedisClusterOptions) => NodeRedisCluster
  >(options, {
    maker: 'createCluster',
    kind: CLUSTER,
    adapter: createClusterAdapter,
    merge: mergeClusterOptions,
    phantom: phantomCluster,
  }) as unknown as FailoverCluster<TCluster>

/** @throws ConfigurationError where no server is named */
export const mergeClusterOptions = (
  shared: Partial<NodeRedisClusterOptions>,
  own: NodeRedisClusterOptions,
): NodeRedisClusterOptions => {
  const merged = { ...shared, ...own }
  checkServers('endpoints[].options.rootNodes', merged.rootNodes)
  const socket = { ...shared.defaults?.socket, ...own.defaults?.socket }
  return { ...merged, defaults: { ...shared.defaults, ...own.defaults, socket } as NonNullable<typeof own.defaults> }
}
