import { FailoverError, type FailoverErrorOptions, hasCode } from '../errors.ts'

/**
 * A health check wanted to ask another endpoint of the group, and that one cannot answer. It says nothing about the
 * endpoint that is checked: a check that throws it has no opinion, and passes.
 */
export class PeerUnavailableError extends FailoverError {
  constructor(endpointId: string, why: string, options: FailoverErrorOptions = {}) {
    super(
      'PEER_UNAVAILABLE',
      `Endpoint "${endpointId}" cannot be asked: ${why}. Nothing follows for other endpoints.`,
      {
        ...options,
        endpointId,
      },
    )
  }

  static override isInstance(value: unknown): value is PeerUnavailableError {
    return hasCode(value, 'PEER_UNAVAILABLE')
  }
}
