import type { NodeRedisClient } from './native/node-redis-client.ts'
import type { NodeRedisOptions } from './options/node-redis-options.ts'

/**
 * Makes a client, whose type is inferred exactly from it. What the factory returns is compared with `TShape`, the little
 * that such a client must have, and never with `TClient`: that would make the compiler compare two whole clients, which takes
 * it a second.
 */
export type FactoryOf<TClient, TArguments extends readonly unknown[], TShape> = (
  ...args: TArguments
) => Made<TClient, TShape>

/** `createClient()`, or a function that calls it. */
export type ClientFactory<TClient> = FactoryOf<TClient, [options: NodeRedisOptions], NodeRedisClient>

// The first branch is never taken; it is where `TClient` is inferred from. While that goes on, `TClient` is unknown and
// must not ask anything of the factory's own type parameters, hence the last branch.
type Made<TClient, TShape> = [TClient] extends [never]
  ? TClient
  : [TClient] extends [TShape]
    ? unknown
    : [TClient] extends [Known]
      ? TShape
      : unknown

// `null` is missing: with it, `unknown` itself would be assignable.
type Known = NonNullable<unknown> | undefined | void
