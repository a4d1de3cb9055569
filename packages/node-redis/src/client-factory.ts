import type { NodeRedisClient } from './native/node-redis-client.ts'
import type { NodeRedisOptions } from './options/node-redis-options.ts'

/**
 * Makes a client, whose type is inferred exactly from it. What the factory returns is compared with `NodeRedisClient`
 * alone and never with `TClient`: that would make the compiler compare two whole clients, which takes it a second.
 */
export type ClientFactory<TClient> = (options: NodeRedisOptions) => Made<TClient>

// The first branch is never taken; it is where `TClient` is inferred from. While that goes on, `TClient` is unknown and
// must not ask anything of the factory's own type parameters, hence the last branch.
type Made<TClient> = [TClient] extends [never]
  ? TClient
  : [TClient] extends [NodeRedisClient]
    ? unknown
    : [TClient] extends [Known]
      ? NodeRedisClient
      : unknown

// `null` is missing: with it, `unknown` itself would be assignable.
type Known = NonNullable<unknown> | undefined | void
