import type { IpcNetConnectOpts, TcpNetConnectOpts } from 'node:net'
import type { ConnectionOptions as TlsConnectOptions } from 'node:tls'

interface CommonSocketOptions {
  /** Set by the group: `health.connectTimeout` covers connecting and the handshake. */
  readonly connectTimeout?: number
}

type Unused = 'timeout' | 'onread' | 'readable' | 'writable' | 'signal'

/** Where and how to connect: TCP, TLS or a Unix domain socket. */
export type NodeRedisSocketOptions =
  | (CommonSocketOptions & Omit<TcpNetConnectOpts, Unused | 'port'> & { port?: number; tls?: false })
  | (CommonSocketOptions & TlsConnectOptions & { tls: true })
  | (CommonSocketOptions & Omit<IpcNetConnectOpts, Unused> & { tls: false })

/**
 * The options of `createClient()` that do not change the client's type. Those that do (`RESP`, `modules`, `scripts`,
 * `functions`, a type mapping), and any other, belong into `create`: `(options) => createClient({ ...options, RESP: 2 })`.
 *
 * Given for all endpoints (`clientOptions`) or for one (`endpoints[].options`); those of the endpoint win, and `socket`
 * is merged field by field.
 */
export interface NodeRedisOptions {
  /** `redis[s]://[[username][:password]@]host[:port][/database]` or `unix://...`. Only for an endpoint. */
  url?: string
  socket?: NodeRedisSocketOptions
  username?: string
  password?: string
  credentialsProvider?: {
    readonly type: 'async-credentials-provider'
    readonly credentials: () => Promise<{ username?: string; password?: string }>
  }
  /** The name of the connections, for CLIENT LIST. */
  name?: string
  database?: number
  keyPrefix?: string | Buffer
  readonly?: boolean
  disableClientInfo?: boolean
  clientInfoTag?: string
  /**
   * `timeout` is how long a command may take until it is written, here as in node-redis: it becomes the default of
   * `selectionTimeout`. What was written is bounded by the health checks instead.
   */
  commandOptions?: { timeout?: number; asap?: boolean }
  /** How many commands may be in flight per client; the next is refused with "The queue is full". Only in `clientOptions`. */
  commandsQueueMaxLength?: number
  /** A configuration, not an instance: one cache shared by several endpoints would answer for the wrong one. */
  clientSideCache?: { ttl?: number; maxEntries?: number; evictPolicy?: 'LRU' | 'FIFO'; recordStats?: boolean }
}
