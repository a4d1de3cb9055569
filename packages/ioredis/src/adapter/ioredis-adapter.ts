import type { ClientAdapter } from '@redis-endpoint-failover/core'
import type { Redis } from 'ioredis'
import { createEndpointClient, type IoredisOptions } from '../client-options.ts'
import { classifyIoredisError } from './classify-ioredis-error.ts'
import { describeAddress } from './describe-address.ts'
import { EndpointConnection } from './endpoint-connection.ts'
import { verdictForRefusedHandshake } from './handshake-errors.ts'

/** What the core does for itself, where the client shows the bytes that arrive. */
export const DEFAULT_SILENCE_MS = 5000

const hasSentinels = ({ sentinels }: IoredisOptions): boolean => Array.isArray(sentinels) && sentinels.length > 0

/**
 * Binds ioredis to the core. `redis` is the user's own class; `silenceTimeout` is how long a server that Sentinels look
 * after may leave commands without an answer before its connection is given up, in milliseconds.
 */
export const createIoredisAdapter = (
  redis: new (...args: never[]) => unknown,
  silenceTimeout: number = DEFAULT_SILENCE_MS,
): ClientAdapter<Redis, IoredisOptions> => {
  // An error reply weighs more as the answer to a handshake than as the answer to a command.
  const refused = new WeakSet<object>()
  return {
    name: 'ioredis',
    createConnection: (request) => {
      const construct = redis as unknown as new (...args: unknown[]) => unknown
      const client = createEndpointClient(construct, request.options, request)
      const limit = hasSentinels(request.options) ? silenceTimeout : undefined
      return new EndpointConnection(client, request, (error) => refused.add(error), limit)
    },
    endpointKind: (options) => (hasSentinels(options) ? 'managed' : 'single'),
    classifyError: (error) =>
      error instanceof Error && refused.has(error) ? verdictForRefusedHandshake(error) : classifyIoredisError(error),
    describeAddress,
  }
}
