import { FailoverGroup, type FailoverGroupOptions } from '@redis-endpoint-failover/core'
import { generateClient } from './generated/generate-client.ts'
import { CLUSTER } from './generated/kinds.ts'
import type { AnyGroup } from './generated/late-router.ts'
import { checkFactoryOptions, checkServers } from './kinds/check-factory-options.ts'
import { type NodeRedisCluster, type NodeRedisClusterOptions, phantomCluster } from './kinds/cluster.ts'
import { createClusterAdapter } from './kinds/kind-adapter.ts'

export interface FailoverClusterOptions<TCluster extends NodeRedisCluster>
  extends FailoverGroupOptions<NodeRedisClusterOptions> {
  /**
   * Makes a Cluster client: `createCluster`, or `(options) => createCluster({ ...options, modules })`. Called once for the
   * generated client, which never connects, and once for each connection to an endpoint; it should not connect.
   */
  readonly create: (options: NodeRedisClusterOptions) => TCluster
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
export const createFailoverCluster = <TCluster extends NodeRedisCluster>(
  options: FailoverClusterOptions<TCluster>,
): FailoverCluster<TCluster> => {
  const { create, clientOptions = {}, ...groupOptions } = checkFactoryOptions(options, 'createCluster')
  const group = new FailoverGroup<TCluster, NodeRedisClusterOptions>(createClusterAdapter(create), groupOptions, {
    mergeOptions: (own) => mergeClusterOptions(clientOptions, own),
  })
  const client = generateClient<TCluster>({
    makePhantom: () => phantomCluster(create, clientOptions),
    kind: CLUSTER,
    commandTimeout: clientOptions.commandOptions?.timeout,
    group: group as unknown as AnyGroup,
  })
  return { client, group }
}

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
