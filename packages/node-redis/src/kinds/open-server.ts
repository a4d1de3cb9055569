import type { AdapterConnection } from '@redis-endpoint-failover/core'
import { NativeConnection } from '../connection/native-connection.ts'
import type { Internals } from '../native/internals.ts'
import type { NodeRedisClient } from '../native/node-redis-client.ts'
import type { NodeRedisOptions } from '../options/node-redis-options.ts'
import { inTime } from './in-time.ts'
import type { Lifetime } from './node-options.ts'

interface ServerRequest extends Lifetime {
  readonly endpointId: string
  /** Finds the client of one server within the client of all. */
  readonly open: () => Promise<unknown>
  readonly onLost: (error: unknown) => void
}

type NodeClient = Internals & { duplicate(options: object): NodeRedisClient }

/** Connects to one server as a client of several is connected to it, on a connection that ends when it is lost. */
export const openServer = async ({
  endpointId,
  open,
  onLost,
  connectTimeout,
  signal,
}: ServerRequest): Promise<AdapterConnection<unknown>> => {
  let connection: NativeConnection<NodeRedisClient> | undefined
  try {
    return await inTime({ signal, timeoutMs: connectTimeout }, async () => {
      const node = (await open()) as NodeClient
      signal.throwIfAborted()
      // Its address is in `socket`; the URL may be that of another server.
      const { url: _url, ...options } = node.options as NodeRedisOptions
      const create = (own: NodeRedisOptions): NodeRedisClient => node.duplicate({ ...own, clientSideCache: undefined })
      connection = new NativeConnection(create, { endpointId, options, purpose: 'data', connectTimeout, onLost })
      await connection.connect()
      return connection
    })
  } catch (error) {
    connection?.destroy()
    throw error
  }
}
