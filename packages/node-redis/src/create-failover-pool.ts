import type { FailoverGroup, FailoverGroupOptions } from '@redis-endpoint-failover/core'
import type { FactoryOf } from './client-factory.ts'
import { POOL } from './generated/kinds.ts'
import { makeKind } from './generated/make-kind.ts'
import { createPoolAdapter } from './kinds/kind-adapter.ts'
import { type CreatePool, type NodeRedisPool, type NodeRedisPoolOptions, phantomPool } from './kinds/pool.ts'
import { mergeOptions } from './options/merge-options.ts'
import type { NodeRedisOptions } from './options/node-redis-options.ts'

export interface FailoverPoolOptions<TPool> extends FailoverGroupOptions<NodeRedisPoolOptions> {
  /**
   * Makes a pool: `createClientPool`, or `(options, pool) => createClientPool({ ...options, scripts }, pool)`. Called once
   * for the generated client, which never connects, and once for each pool; it should do nothing else, and not connect.
   */
  readonly create: FactoryOf<TPool, Parameters<CreatePool<unknown>>, NodeRedisPool>
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
export const createFailoverPool = <TPool>(options: FailoverPoolOptions<TPool>): FailoverPool<TPool> =>
  // `create` makes clients of the type `TPool`, and nothing else reaches the group.
  makeKind<NodeRedisPool, NodeRedisPoolOptions, NodeRedisPoolOptions, CreatePool<NodeRedisPool>>(options, {
    maker: 'createClientPool',
    kind: POOL,
    adapter: createPoolAdapter,
    merge: mergePoolOptions,
    phantom: phantomPool,
  }) as unknown as FailoverPool<TPool>

const mergePoolOptions = (shared: NodeRedisPoolOptions, own: NodeRedisPoolOptions): NodeRedisPoolOptions => ({
  ...(mergeOptions(shared as NodeRedisOptions, own as NodeRedisOptions) as NodeRedisPoolOptions),
  pool: { ...shared.pool, ...own.pool },
})
