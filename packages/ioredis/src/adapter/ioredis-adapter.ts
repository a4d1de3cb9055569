import type { ClientAdapter } from '@redis-endpoint-failover/core'
import type { Redis } from 'ioredis'
import { createEndpointClient, type IoredisOptions } from '../client-options.ts'
import { classifyIoredisError } from './classify-ioredis-error.ts'
import { describeAddress } from './describe-address.ts'
import { EndpointConnection } from './endpoint-connection.ts'
import { verdictForRefusedHandshake } from './handshake-errors.ts'

/** Binds ioredis to the core. `redis` is the user's own class. */
export const createIoredisAdapter = (
  redis: new (...args: never[]) => unknown,
): ClientAdapter<Redis, IoredisOptions> => {
  // An error reply weighs more as the answer to a handshake than as the answer to a command.
  const refused = new WeakSet<object>()
  return {
    name: 'ioredis',
    createConnection: (request) => {
      const construct = redis as unknown as new (...args: unknown[]) => unknown
      const client = createEndpointClient(construct, request.options, request.connectTimeout)
      return new EndpointConnection(client, request, (error) => refused.add(error))
    },
    classifyError: (error) =>
      error instanceof Error && refused.has(error) ? verdictForRefusedHandshake(error) : classifyIoredisError(error),
    describeAddress,
  }
}
