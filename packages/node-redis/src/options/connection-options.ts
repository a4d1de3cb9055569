import type { NodeRedisOptions } from './node-redis-options.ts'

/** Options that make no sense below a group, and what does their work instead. */
const REPLACED = {
  // Whole units are refused before they are handed over: half a transaction in a full queue would stay open.
  commandsQueueMaxLength: undefined,
  // The group probes, and watches commands in flight.
  pingInterval: undefined,
  // Cluster nodes only; it would redirect the connection behind the group's back.
  maintNotifications: 'disabled',
} as const

/**
 * The options of one connection: no offline queue, no reconnection, no timer of its own. Always a fresh object, because
 * node-redis writes into what it is given.
 */
export const connectionOptions = (
  options: NodeRedisOptions,
  connectTimeout: number,
  signal: AbortSignal,
): NodeRedisOptions => {
  const { socket } = options as { socket?: { signal?: AbortSignal } }
  return {
    ...options,
    ...REPLACED,
    disableOfflineQueue: true,
    socket: {
      ...socket,
      reconnectStrategy: false,
      // It counts silence, also on a healthy idle connection.
      socketTimeout: undefined,
      connectTimeout,
      // The only way to end a socket that is still connecting, in every version and with TLS.
      signal: socket?.signal === undefined ? signal : AbortSignal.any([socket.signal, signal]),
    },
    commandOptions: commandOptionsOf(options),
  } as object
}

/** The options of the routed client, which never connects; so a cache that it is given stays empty. */
export const routedClientOptions = (options: NodeRedisOptions): NodeRedisOptions =>
  ({
    ...options,
    ...REPLACED,
    socket: { ...options.socket },
    commandOptions: commandOptionsOf(options),
  }) as object

const withoutTimeout = new WeakMap<object, object>()
const noTimeout = { timeout: undefined }

// One object for all clients: node-redis 5 caches only for clients whose command options are the very same object. The
// timeout costs an AbortSignal per command, and ends nothing once the command was written.
const commandOptionsOf = ({ commandOptions }: NodeRedisOptions): object => {
  if (commandOptions === undefined) return noTimeout
  let own = withoutTimeout.get(commandOptions)
  if (own === undefined) {
    own = { ...commandOptions, timeout: undefined }
    withoutTimeout.set(commandOptions, own)
  }
  return own
}
