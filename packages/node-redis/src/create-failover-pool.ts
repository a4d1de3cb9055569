import { FailoverGroup, type FailoverGroupOptions } from '@redis-endpoint-failover/core'
import { generateClient } from './generated/generate-client.ts'
import { POOL } from './generated/kinds.ts'
import type { AnyGroup } from './generated/late-router.ts'
import { checkFactoryOptions } from './kinds/check-factory-options.ts'
import { createPoolAdapter } from './kinds/kind-adapter.ts'
import { type CreatePool, type NodeRedisPool, type NodeRedisPoolOptions, phantomPool } from './kinds/pool.ts'
import { mergeOptions } from './options/merge-options.ts'
import type { NodeRedisOptions } from './options/node-redis-options.ts'

export interface FailoverPoolOptions<TPool extends NodeRedisPool> extends FailoverGroupOptions<NodeRedisPoolOptions> {
  /**
   * Makes a pool: `createClientPool`, or `(options, pool) => createClientPool({ ...options, scripts }, pool)`. Called once
   * for the generated client, which never connects, and once for each pool; it should do nothing else, and not connect.
   */
  readonly create: CreatePool<TPool>
  /** Options for all endpoints. */
  readonly clientOptions?: NodeRedisPoolOptions
}

export interface FailoverPool<TPool> {
  /** Of exactly the type that `create` returns. Its commands go to whichever endpoint serves. */
  readonly client: TPool
  /** The endpoints behind it: events, health, switching. Ends with its last client, or by `group.close()`. */
  readonly group: FailoverGroup<TPool, NodeRedisPoolOptions>
}

/**
 * Makes a pool that fails over between endpoints. Nothing is connected until `client.connect()` or `group.start()`.
 *
 * @throws ConfigurationError
 */
export const createFailoverPool = <TPool extends NodeRedisPool>(
  options: FailoverPoolOptions<TPool>,
): FailoverPool<TPool> => {
  const { create, clientOptions = {}, ...groupOptions } = checkFactoryOptions(options, 'createClientPool')
  const group = new FailoverGroup<TPool, NodeRedisPoolOptions>(createPoolAdapter(create), groupOptions, {
    mergeOptions: (own) => mergePoolOptions(clientOptions, own),
  })
  const client = generateClient<TPool>({
    makePhantom: () => phantomPool(create, clientOptions),
    kind: POOL,
    commandTimeout: clientOptions.commandOptions?.timeout,
    group: group as unknown as AnyGroup,
  })
  return { client, group }
}

const mergePoolOptions = (shared: NodeRedisPoolOptions, own: NodeRedisPoolOptions): NodeRedisPoolOptions => ({
  ...(mergeOptions(shared as NodeRedisOptions, own as NodeRedisOptions) as NodeRedisPoolOptions),
  pool: { ...shared.pool, ...own.pool },
})
