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

interface Credentials {
  username?: string
  password?: string
}

interface AsyncCredentials {
  readonly type: 'async-credentials-provider'
  readonly credentials: () => Promise<Credentials>
}

/** Each connection subscribes, authenticates anew at every change, and lets go when it ends. */
interface StreamingCredentials {
  readonly type: 'streaming-credentials-provider'
  readonly subscribe: (listener: {
    readonly onNext: (credentials: Credentials) => void
    readonly onError: (error: Error) => void
  }) => Promise<[Credentials, { dispose(): void }]>
  readonly onReAuthenticationError: (error: Error) => void
}

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
  /** Asked for each connection that is opened, to any endpoint. */
  credentialsProvider?: AsyncCredentials | StreamingCredentials
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
