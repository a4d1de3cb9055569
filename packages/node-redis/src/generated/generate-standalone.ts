import { findPublic, SUPPORTED_VERSIONS, unknownInside } from '../native/find-internals.ts'
import type { NodeRedisClient } from '../native/node-redis-client.ts'
import { makeRoutedClient, type RoutedClientInput } from '../routed/routed-client.ts'
import { generateClient } from './generate-client.ts'
import { STANDALONE } from './kinds.ts'
import type { AnyGroup } from './late-router.ts'

let hasWarned = false

/**
 * Whether the five methods through which everything passes are there, as they are in the versions that we have read. Where
 * they are not, a process warning says so, once.
 *
 * @throws UnsupportedOperationError when it is no client at all
 */
export const isInsideKnown = (client: unknown): boolean => {
  findPublic(client)
  const problem = unknownInside(client)
  if (problem !== undefined && !hasWarned) {
    hasWarned = true
    warn(problem)
  }
  return problem === undefined
}

// Not an event of the group: nobody can listen to it yet.
const warn = (problem: string): void =>
  process.emitWarning(
    `This Redis client is not as we know it from redis and @redis/client ${SUPPORTED_VERSIONS}: ${problem}. It is routed by ` +
      'its public methods alone: each command costs more, and watch(), wait() and legacy() are refused.',
    { type: 'RedisEndpointFailoverWarning', code: 'REDIS_CLIENT_INSIDE_UNKNOWN' },
  )

/** The failover client for a standalone client whose inside is not known. */
export const generateStandalone = <TClient extends NodeRedisClient>(input: RoutedClientInput<TClient>): TClient =>
  generateClient<TClient>({
    makePhantom: () => makeRoutedClient(input),
    kind: STANDALONE,
    commandTimeout: input.clientOptions.commandOptions?.timeout,
    group: input.group as unknown as AnyGroup,
  })
