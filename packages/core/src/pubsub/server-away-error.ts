/**
 * The server that a subscription belongs to cannot be reached at the moment, while its endpoint goes on: a primary of a
 * Cluster that is about to be replaced. Never reaches the application: what met it is tried again.
 */
export class ServerAwayError extends Error {
  override readonly name = 'ServerAwayError'

  constructor(cause?: unknown) {
    super('The server that a subscription belongs to is away.', { cause })
  }
}
