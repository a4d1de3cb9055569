import {
  ConfigurationError,
  checkFieldTypes,
  FailoverGroup,
  type FailoverGroupOptions,
  GROUP_OPTION_NAMES,
} from '@redis-endpoint-failover/core'
import type { ClientFactory } from './client-factory.ts'
import { generateStandalone, isInsideKnown } from './generated/generate-standalone.ts'
import type { NodeRedisClient } from './native/node-redis-client.ts'
import { createNodeRedisAdapter } from './node-redis-adapter.ts'
import { checkClientOptions, mergeOptions } from './options/merge-options.ts'
import type { NodeRedisOptions } from './options/node-redis-options.ts'
import { makeRoutedClient, routeClient } from './routed/routed-client.ts'
import type { Group } from './routed/router.ts'

export interface FailoverClientOptions<TClient> extends FailoverGroupOptions<NodeRedisOptions> {
  /**
   * Makes a client: `createClient`, or `(options) => createClient({ ...options, scripts })`. Called once for the routed
   * client, which never connects, and once for each connection; it should do nothing else, and not connect.
   */
  readonly create: ClientFactory<TClient>
  /** Options for all endpoints. */
  readonly clientOptions?: NodeRedisOptions
}

export interface FailoverClient<TClient> {
  /** Of exactly the type that `create` returns. Its commands go to whichever endpoint serves. */
  readonly client: TClient
  /** The endpoints behind it: events, health, switching. Ends with its last client, or by `group.close()`. */
  readonly group: FailoverGroup<TClient, NodeRedisOptions>
}

/**
 * Makes a node-redis client that fails over between endpoints. Nothing is connected until `client.connect()` or
 * `group.start()`.
 *
 * A client whose inside is not the one of the supported versions is routed by its public methods alone; a process warning
 * says so, and `docs/guides/clusters-sentinels-and-pools.md` what is different then.
 *
 * @throws ConfigurationError, UnsupportedOperationError when `create` makes no client
 */
export const createFailoverClient = <TClient>(options: FailoverClientOptions<TClient>): FailoverClient<TClient> => {
  const { create: factory, clientOptions = {}, ...groupOptions } = checkOptions(options)
  const create = factory as (options: NodeRedisOptions) => NodeRedisClient
  const client = makeRoutedClient({ create, clientOptions })
  if (clientOptions.clientSideCache === undefined) refuseOneCacheForAll(create, clientOptions, client)
  const group = new FailoverGroup<NodeRedisClient, NodeRedisOptions>(createNodeRedisAdapter(create), groupOptions, {
    mergeOptions: (own) => mergeOptions(clientOptions, own),
  })
  const input = { create, clientOptions, group: group as unknown as Group }
  const routed = isInsideKnown(client) ? routeClient(client, input) : generateStandalone(input)
  // `create` makes clients of the type `TClient`, and nothing else reaches the group.
  return { client: routed, group } as unknown as FailoverClient<TClient>
}

const checkOptions = <TClient>(options: FailoverClientOptions<TClient>): FailoverClientOptions<TClient> => {
  const known: readonly string[] = ['create', 'clientOptions', ...GROUP_OPTION_NAMES]
  checkFieldTypes('options', options, {})
  for (const name of Object.keys(options))
    if (!known.includes(name)) throw new ConfigurationError(name, 'present', `one of ${known.join(', ')}`)
  if (typeof options.create !== 'function')
    throw new ConfigurationError('create', options.create, 'a function that makes a client, such as createClient')
  if (options.clientOptions !== undefined) checkClientOptions(options.clientOptions)
  return options
}

// One cache for several connections, made outside of `create`, shows only when a second client is made.
const refuseOneCacheForAll = <TClient>(
  create: (options: NodeRedisOptions) => TClient,
  clientOptions: NodeRedisOptions,
  client: TClient,
): void => {
  const cacheOf = (of: TClient): unknown => (of as { clientSideCache?: unknown }).clientSideCache
  const cache = cacheOf(client)
  if (cache !== undefined && cacheOf(makeRoutedClient({ create, clientOptions })) === cache)
    throw new ConfigurationError(
      'create',
      create,
      'without a cache that all clients share: it would answer for the wrong endpoint',
    )
}
