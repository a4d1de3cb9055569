import { FailoverGroup, type FailoverGroupOptions } from '@redis-endpoint-failover/core'
import type { Cluster } from 'ioredis'
import {
  type ClusterConstructor,
  checkClusterOptions,
  type IoredisClusterOptions,
  type IoredisSharedClusterOptions,
  mergeClusterOptions,
} from './adapter/cluster/cluster-options.ts'
import { createIoredisClusterAdapter } from './adapter/cluster/ioredis-cluster-adapter.ts'
import { DEFAULT_SILENCE_MS } from './adapter/ioredis-adapter.ts'
import { createFailoverClusterClass } from './client/cluster/failover-cluster.ts'
import type { Group } from './client/router.ts'
import { checkNames } from './create-failover-client.ts'
import { checkSupportedCluster } from './supported-client.ts'

export interface FailoverClusterOptions<TClient> extends FailoverGroupOptions<IoredisClusterOptions> {
  /** Your own `Cluster` class of ioredis (>= 5.4, < 7), or a subclass of it. */
  readonly Cluster: ClusterConstructor<TClient>
  /** Options of every endpoint's cluster client and of the transparent client; an endpoint's own options win. */
  readonly clientOptions?: IoredisSharedClusterOptions
}

export interface FailoverCluster<TClient> {
  /** An instance of your `Cluster` class, whose commands go to whichever cluster serves. */
  readonly client: TClient
  /** The endpoints behind it, each a whole cluster: events, state, operation. */
  readonly group: FailoverGroup<Cluster, IoredisClusterOptions>
}

/**
 * Makes an ioredis Cluster client that follows the healthy one of several Redis Clusters. It starts by itself, as ioredis
 * does, unless `clientOptions.lazyConnect` is set; commands wait for the start. The group ends with its last client, or
 * by `group.close()`.
 *
 * @throws ConfigurationError naming the field, its value and what is allowed; nothing has been started then
 */
export const createFailoverCluster = <TClient extends object>(
  options: FailoverClusterOptions<TClient>,
): FailoverCluster<TClient> => {
  checkNames(options, ['Cluster', 'clientOptions'])
  const { Cluster, clientOptions = {}, ...groupOptions } = options
  checkSupportedCluster(Cluster)
  checkClusterOptions(clientOptions)
  const adapter = createIoredisClusterAdapter(Cluster, {
    group: groupOptions.name ?? 'redis',
    selectionTimeout: groupOptions.selectionTimeout ?? 5000,
    maxWaiting: groupOptions.maxWaiting ?? 10_000,
    connectionSilenceTimeout: groupOptions.connectionSilenceTimeout ?? DEFAULT_SILENCE_MS,
  })
  const group = new FailoverGroup<Cluster, IoredisClusterOptions>(adapter, groupOptions, {
    mergeOptions: (own) => mergeClusterOptions(clientOptions, own),
  })
  // The router knows one kind of client; of a Cluster it uses what both have.
  const Client = createFailoverClusterClass(Cluster, group as unknown as Group)
  return { client: new Client([], clientOptions) as unknown as TClient, group }
}
