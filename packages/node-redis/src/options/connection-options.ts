import type { NodeRedisOptions } from './node-redis-options.ts'
import { parseUrl, type UrlParts } from './parse-url.ts'

/** Options that make no sense below a group, and what does their work instead. */
const REPLACED = {
  // Whole units are refused before they are handed over: half a transaction in a full queue would stay open.
  commandsQueueMaxLength: undefined,
  // The group probes, and watches commands in flight.
  pingInterval: undefined,
  // It would redirect the connection behind the group's back.
  maintNotifications: 'disabled',
  // The group queues, and knows what was sent.
  disableOfflineQueue: true,
} as const

/**
 * The options of one connection: no offline queue, no reconnection, no timer of its own. Always fresh objects, because
 * node-redis writes into what it is given.
 *
 * node-redis builds a class of a thousand methods for options that differ, in their JSON, from those of the client made
 * before: tens of milliseconds, in the middle of a failover. So what differs between endpoints stays out of the JSON.
 */
export const connectionOptions = (
  options: NodeRedisOptions,
  connectTimeout: number,
  signal: AbortSignal,
): NodeRedisOptions => {
  const parts = options.url === undefined ? undefined : parseUrl(options.url)
  const given = options.socket as { signal?: AbortSignal } | undefined
  const socket = {
    ...given,
    ...parts?.socket,
    reconnectStrategy: false,
    // It counts silence, also on a healthy idle connection.
    socketTimeout: undefined,
    connectTimeout,
    // The only way to end a socket that is still connecting, in every version and with TLS.
    signal: given?.signal === undefined ? signal : AbortSignal.any([given.signal, signal]),
  }
  return clientOptionsFor(options, socket, parts)
}

/** The options of the routed client, which never connects; so a cache that it is given stays empty. */
export const routedClientOptions = (options: NodeRedisOptions): NodeRedisOptions =>
  clientOptionsFor(options, { ...options.socket }, undefined)

const clientOptionsFor = (options: NodeRedisOptions, socket: object, parts: UrlParts | undefined): NodeRedisOptions => {
  const { url: _url, username, password, ...others } = options
  return {
    ...others,
    ...REPLACED,
    ...(parts?.database === undefined ? {} : { database: parts.database }),
    credentialsProvider: credentialsOf(options, parts),
    socket: Object.defineProperty(socket, 'toJSON', { value: () => undefined }),
    commandOptions: commandOptionsOf(options),
  } as object
}

// What node-redis makes of a user name and a password itself; only the type of it shows in the JSON. Without any, it
// authenticates nobody.
const credentialsOf = (
  { username, password, credentialsProvider }: NodeRedisOptions,
  parts: UrlParts | undefined,
): NonNullable<NodeRedisOptions['credentialsProvider']> => {
  const inUrl = parts?.username !== undefined || parts?.password !== undefined
  if (credentialsProvider !== undefined && !inUrl) return credentialsProvider
  const from = inUrl ? parts : { username, password }
  const known = {
    ...(from.username === undefined ? {} : { username: from.username }),
    ...(from.password === undefined ? {} : { password: from.password }),
  }
  return { type: 'async-credentials-provider', credentials: () => Promise.resolve(known) }
}

/** What no error may show. */
export const passwordsOf = ({ url, password }: NodeRedisOptions): readonly (string | undefined)[] => [
  password,
  url === undefined ? undefined : parseUrl(url).password,
]

const withoutTimeout = new WeakMap<object, object>()
const noTimeout = { timeout: undefined }

// One object for all clients: node-redis 5 caches only for clients whose command options are the very same object. The
// timeout costs an AbortSignal per command, and ends nothing once the command was written.
const commandOptionsOf = ({ commandOptions }: NodeRedisOptions): object => {
  if (commandOptions === undefined || commandOptions === null) return noTimeout
  let own = withoutTimeout.get(commandOptions)
  if (own === undefined) {
    own = { ...commandOptions, timeout: undefined }
    withoutTimeout.set(commandOptions, own)
  }
  return own
}
