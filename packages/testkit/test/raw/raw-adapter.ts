import {
  type AdapterConnection,
  type ClientAdapter,
  type ConnectionRequest,
  type ErrorVerdict,
  evidenceForSystemError,
  verdictForLostConnection,
  verdictForServerError,
  verdictForUnsent,
} from '@redis-endpoint-failover/core'
import { NotConnectedError, RawClient, type RawOptions, ReplyError } from './raw-client.ts'

export const rawAdapter: ClientAdapter<RawClient, RawOptions> = {
  name: 'raw',

  createConnection(request: ConnectionRequest<RawOptions>): AdapterConnection<RawClient> {
    let connected = false
    const client = new RawClient(request.options, (error) => {
      if (connected) request.onLost(error)
    })
    return {
      client,
      async connect() {
        try {
          await client.connect()
        } catch (error) {
          client.destroy()
          throw error
        }
        connected = true
      },
      command: (args) => client.command(args),
      destroy: () => client.destroy(),
      isUsable: () => connected && client.isUsable,
      bytesRead: () => client.socket?.bytesRead,
      unref: () => client.socket?.unref(),
      ref: () => client.socket?.ref(),
    }
  },

  classifyError(error: unknown): ErrorVerdict {
    if (error instanceof ReplyError) return verdictForServerError(error.message)
    if (error instanceof NotConnectedError)
      return verdictForUnsent({ weight: 'none', reason: 'connection-lost', message: 'there was no connection' })
    const isProtocol = (error as { code?: unknown } | null | undefined)?.code === 'PROTOCOL'
    return verdictForLostConnection(
      (isProtocol ? undefined : evidenceForSystemError(error)) ?? {
        weight: 'hard',
        reason: isProtocol ? 'protocol-error' : 'connection-lost',
        message: isProtocol ? 'the server sent something that is not Redis' : 'the connection was lost',
      },
    )
  },

  describeAddress: ({ host, port }) => `${host}:${port}`,
}
