import type { NodeRedisOptions, NodeRedisSocketOptions } from '../options/node-redis-options.ts'

/** The options of each connection that a pool, Cluster or Sentinel client makes by itself. */
export interface NodeRedisNodeOptions extends Omit<NodeRedisOptions, 'socket' | 'clientSideCache'> {
  /**
   * `socketTimeout` (default 5000 ms) is how long a connection may be silent before it is given up and made anew: what
   * bounds a command on one hung server of several. It must be longer than the longest blocking command.
   */
  socket?: NodeRedisSocketOptions & { readonly socketTimeout?: number }
  /** Milliseconds between PINGs that keep a connection from being silent. Default: a quarter of `socketTimeout`. */
  pingInterval?: number
}

const DEFAULT_SOCKET_TIMEOUT_MS = 5000
const RECONNECT_FIRST_MS = 50
const RECONNECT_CAP_MS = 1000

/** What ends with the connection that the options are made for. */
export interface Lifetime {
  /** Milliseconds for one TCP or TLS connection. */
  readonly connectTimeout: number
  /** Aborted when the connection is destroyed: the only way to end sockets that are still connecting. */
  readonly signal: AbortSignal
}

/**
 * The options of one connection of several. Its client may open it anew, which only the client can; but it queues nothing
 * meanwhile, so that what it accepts is written, and a silent server does not hold commands for ever.
 */
export const nodeOptions = (
  options: NodeRedisNodeOptions,
  { connectTimeout, signal }: Lifetime,
  reopen: boolean,
): NodeRedisNodeOptions => {
  const socketTimeout = options.socket?.socketTimeout ?? DEFAULT_SOCKET_TIMEOUT_MS
  const socket = {
    ...options.socket,
    connectTimeout,
    socketTimeout,
    reconnectStrategy: (retries: number): number | false =>
      reopen && !signal.aborted && Math.min(RECONNECT_FIRST_MS * 2 ** Math.min(retries, 10), RECONNECT_CAP_MS),
    signal,
  }
  return {
    ...options,
    pingInterval: options.pingInterval ?? Math.ceil(socketTimeout / 4),
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    commandOptions: withoutTimeout(options.commandOptions),
    socket: hidden(socket),
  } as NodeRedisNodeOptions
}

/** The timeout costs an AbortSignal for each command, and ends nothing once the command was written. */
export const withoutTimeout = (commandOptions: NodeRedisOptions['commandOptions']): { asap?: boolean } => {
  const options: object = { ...commandOptions, timeout: undefined }
  return options
}

/** Keeps what differs between endpoints out of the JSON by which node-redis finds the class that it has built before. */
export const hidden = <T extends object>(value: T): T =>
  Object.defineProperty(value, 'toJSON', { value: () => undefined })
