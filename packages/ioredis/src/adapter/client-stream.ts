import type { Redis } from 'ioredis'

/** Bytes received so far by the socket of a client; `undefined` where it has none, or one that does not count. */
export const streamBytes = ({ stream }: Redis): number | undefined =>
  // Not set before the socket exists.
  stream !== undefined && 'bytesRead' in stream ? stream.bytesRead : undefined

/** Lets the process exit although the socket of a client is open, or not. */
export const holdStream = ({ stream }: Redis, held: boolean): void => {
  if (stream === undefined || !('ref' in stream)) return
  if (held) stream.ref()
  else stream.unref()
}

/**
 * Where the client's parser throws on bytes that nobody can read, lets the connection end and not the process. The parser of
 * ioredis 5 does so, out of the socket's event, for an array of 4,294,967,296 elements or for too many within each other.
 * To be called before the client connects.
 */
export const endOnUnreadableBytes = (client: Redis): void => {
  client.once('connect', () => {
    const { stream } = client
    // The parser's, and nobody else's yet.
    for (const parse of stream.listeners('data')) {
      stream.off('data', parse as () => void)
      stream.on('data', (bytes) => {
        try {
          parse.call(stream, bytes)
        } catch (error) {
          // Anything else was thrown by a listener of the user's, for whom ioredis 5 leaves it to the process.
          if (!(error instanceof RangeError)) throw error
          stream.destroy(error)
        }
      })
    }
  })
}
