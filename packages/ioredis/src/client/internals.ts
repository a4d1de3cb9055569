import type { CommandRoute, ManagedConnection } from '@redis-endpoint-failover/core'
import type { Redis } from 'ioredis'

/*
 * The parts of ioredis that the transparent client works with and that its types hide. The same in 5.4 to 6.0, except
 * for what is marked as optional.
 */

/** One command, as ioredis builds it: arguments transformed, prefixed and turned into text, the reply not yet. */
export interface CommandObject {
  name: string
  args: (string | Buffer)[]
  readonly promise: Promise<unknown>
  resolve: (raw: unknown) => unknown
  reject: (error: Error) => void
  isReadOnly?: boolean
  inTransaction: boolean
  bufferMode?: boolean
  /** The protocol that the reply came in, and the shapes asked for. Since 6. */
  protocol?: unknown
  replyMapping?: unknown
  /** Since 6. */
  _clearTimers?: () => void
}

/** What a pipeline hands to `sendCommand` instead of a socket. */
export interface PipelineStream {
  readonly isPipeline: true
  readonly destination: { redis: Redis }
  write(chunk: string | Buffer): void
}

export interface PipelineObject {
  redis: unknown
  isCluster: boolean
  readonly _queue: CommandObject[]
  reject: (error: Error) => void
}

export type Route = CommandRoute<Redis>
export type Connection = ManagedConnection<Redis>

/** Whether the client of a connection is a Cluster: the transparent client treats both alike, as far as they are. */
export const isCluster = (client: Redis): boolean => (client as { isCluster?: boolean }).isCluster === true

/** Hands a command to the client of one connection. */
export const sendTo = (client: Redis, command: CommandObject, stream?: PipelineStream): void => {
  // The types of a command and of a stream are not exported.
  const send = client.sendCommand as unknown as (command: CommandObject, stream?: PipelineStream) => unknown
  send.call(client, command, stream)
}
