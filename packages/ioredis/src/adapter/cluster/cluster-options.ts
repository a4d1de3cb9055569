import { ConfigurationError, type ConnectionRequest } from '@redis-endpoint-failover/core'
import type { Cluster, ClusterNode, ClusterOptions } from 'ioredis'
import { checkClusterConnectionOptions } from '../../check-options.ts'

/** What you would give to `new Cluster()`: its first argument as `nodes`, and its options. */
export type IoredisClusterOptions = ClusterOptions & {
  /** Where the cluster is found: some of its nodes. */
  readonly nodes: readonly ClusterNode[]
}

/** Options for all endpoints; each has nodes of its own. */
export type IoredisSharedClusterOptions = ClusterOptions & { readonly nodes?: never }

/** The user's own `Cluster` class, called with nodes and options. */
// `never`: the constructor of ioredis is generic, and no written-out signature takes all of its forms.
// The first branch is never taken; it is where `TClient` is inferred from. Comparing what a generic constructor makes with
// `TClient` would take the compiler seconds.
export type ClusterConstructor<TClient> = new (...args: never[]) => [TClient] extends [never] ? TClient : object

/** An endpoint's options over those of the group; `redisOptions` likewise. */
export const mergeClusterOptions = (
  shared: ClusterOptions,
  own: IoredisClusterOptions,
  field = 'endpoints[].options',
): IoredisClusterOptions => {
  if (!Array.isArray(own.nodes) || own.nodes.length === 0)
    throw new ConfigurationError(`${field}.nodes`, own.nodes, 'a list of at least one node of the cluster')
  checkClusterConnectionOptions(field, own)
  return { ...shared, ...own, redisOptions: { ...shared.redisOptions, ...own.redisOptions } }
}

/** What cannot work on a failover client, and why. */
const REFUSED: Readonly<Record<string, string>> = {
  nodes: 'left out: each endpoint names its own nodes',
  himportFieldsets: 'left out: HIMPORT is bound to single connections',
}

/** @throws ConfigurationError for what cannot work on a failover client */
export const checkClusterOptions = (options: ClusterOptions): void => {
  checkClusterConnectionOptions('clientOptions', options)
  for (const [name, allowed] of Object.entries(REFUSED))
    if ((options as Record<string, unknown>)[name] !== undefined)
      throw new ConfigurationError(`clientOptions.${name}`, 'present', allowed)
  if ((options.redisOptions as { monitor?: boolean } | undefined)?.monitor === true)
    throw new ConfigurationError('clientOptions.redisOptions.monitor', true, 'left out: monitor one node by nodes()')
}

/**
 * Makes the client of one endpoint. It finds the nodes and their slots, and follows MOVED and ASK; it has no queue that
 * outlives its nodes, opens no node's connection anew by itself, and sends nothing twice that was written.
 */
export const createEndpointCluster = (
  construct: ClusterConstructor<unknown>,
  { nodes, ...options }: IoredisClusterOptions,
  { connectTimeout, purpose }: Pick<ConnectionRequest<IoredisClusterOptions>, 'connectTimeout' | 'purpose'>,
): Cluster => {
  const redisOptions: Record<string, unknown> = {
    ...options.redisOptions,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    maxRetriesPerRequest: null,
    reconnectOnError: null,
    disconnectTimeout: 0,
    connectTimeout,
    enableAutoPipelining: false,
    keyPrefix: '',
  }
  if (purpose !== 'lease') delete redisOptions.commandTimeout
  delete redisOptions.scripts
  const own: ClusterOptions = {
    ...options,
    lazyConnect: true,
    clusterRetryStrategy: () => null,
    // Commands wait in a node's client while it connects, no longer than `connectTimeout`.
    enableOfflineQueue: true,
    // A cluster that is down for a moment is one that commands wait for.
    enableReadyCheck: false,
    enableAutoPipelining: false,
    // Before a client that is lent there is no other that would apply it; the same holds for scripts.
    keyPrefix: purpose === 'lease' ? (options.keyPrefix ?? '') : '',
    redisOptions,
  }
  // Since 6. A connection of its own accord would be one that we do not see fail.
  delete own.clusterNodeRetryStrategy
  if (purpose !== 'lease') delete own.scripts
  // ioredis writes into the objects that it is given.
  return new (construct as unknown as new (...args: unknown[]) => unknown)(
    nodes.map((node) => (typeof node === 'object' ? { ...node } : node)),
    own,
  ) as Cluster
}

/** Where the cluster is, for messages: never credentials. */
export const describeCluster = ({ nodes }: IoredisClusterOptions): string =>
  `Cluster at ${nodes.map(describeNode).join(', ')}`

const describeNode = (node: ClusterNode): string => {
  if (typeof node === 'number') return `127.0.0.1:${node}`
  if (typeof node === 'object') return `${node.host ?? '127.0.0.1'}:${node.port ?? 6379}`
  try {
    const { hostname, port } = new URL(/^[a-z]+:\/\//i.test(node) ? node : `redis://${node}`)
    return `${hostname}:${port === '' ? 6379 : port}`
  } catch {
    // Nothing of what cannot be parsed is safe to show.
    return 'an unreadable address'
  }
}
