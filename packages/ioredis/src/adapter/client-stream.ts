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
