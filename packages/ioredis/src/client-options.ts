import { ConfigurationError, type ConnectionRequest } from '@redis-endpoint-failover/core'
import type { Redis, RedisOptions } from 'ioredis'
import { keepSecrets } from './adapter/keep-secrets.ts'
import { sentinelConnectorOf } from './adapter/promotion-watch.ts'
import { checkConnectionOptions } from './check-options.ts'

/** The options of an ioredis client, and optionally a URL, whose parts win over the single options. */
export type IoredisOptions = RedisOptions & {
  /** `redis://`, `rediss://` or a path, as ioredis takes it for its first argument. */
  readonly url?: string
}

/** The user's own `Redis` class. */
export type RedisConstructor<TClient> = new (options: RedisOptions) => TClient

/** Options that decide what a connection is; the clients of a group share the connections' settings. */
const CONNECTION_OPTIONS = [
  'url',
  'host',
  'port',
  'path',
  'family',
  'db',
  'username',
  'password',
  'tls',
  'protocol',
  'replyMapping',
  'stringNumbers',
  'readOnly',
  'sentinels',
  'name',
  'role',
  'Connector',
] as const

/** An endpoint's options over those of the group. Shallow, as ioredis merges its own. @throws ConfigurationError */
export const mergeOptions = (shared: IoredisOptions, own: IoredisOptions): IoredisOptions => {
  checkConnectionOptions('endpoints[].options', own)
  return { ...shared, ...own }
}

/** @throws ConfigurationError for what cannot work on a failover client */
export const checkClientOptions = (options: IoredisOptions): void => {
  checkConnectionOptions('clientOptions', options)
  const field = (name: string): string => `clientOptions.${name}`
  if ('himportFieldsets' in options && options.himportFieldsets !== undefined)
    throw new ConfigurationError(field('himportFieldsets'), 'present', 'left out: HIMPORT is bound to one connection')
  if (options.monitor === true)
    throw new ConfigurationError(field('monitor'), true, 'left out: monitor one endpoint with a client of your own')
}

/** What the transparent client itself is made with: everything that shapes commands, nothing that opens a connection. */
export const transparentOptions = (shared: IoredisOptions): RedisOptions => {
  const { url: _url, sentinels: _sentinels, Connector: _connector, ...rest } = shared
  return rest
}

/**
 * What `duplicate()` may override: the client's own behaviour, not the connections that it shares with its group.
 *
 * @throws ConfigurationError
 */
export const checkDuplicateOptions = (current: RedisOptions, override: Partial<RedisOptions>): void => {
  for (const name of CONNECTION_OPTIONS) {
    const value = (override as Record<string, unknown>)[name]
    if (value === undefined || value === (current as Record<string, unknown>)[name]) continue
    throw new ConfigurationError(
      `duplicate().${name}`,
      'different',
      'left out: a duplicate shares the endpoints of its group; create another group for another database or server',
    )
  }
}

/** How a client behaves that asks Sentinels for its server. */
const sentinelOptions = (
  { sentinelMaxConnections, sentinelCommandTimeout, sentinels }: RedisOptions,
  connectTimeout: number,
): RedisOptions => ({
  // The next attempt is the group's affair.
  sentinelRetryStrategy: () => null,
  // Ours does the same; see `PromotionWatch`.
  failoverDetector: false,
  sentinelMaxConnections: sentinelMaxConnections ?? 3,
  // One that hangs must leave time for asking the others, and for connecting.
  sentinelCommandTimeout: sentinelCommandTimeout ?? Math.ceil(connectTimeout / (sentinels!.length + 1)),
  // ioredis puts the ones that answer first, in the list that it is given.
  sentinels: sentinels!.map((sentinel) => ({ ...sentinel })),
})

/**
 * Makes the client of one connection: no queue, no reconnection, no resending of its own, so that whatever it accepts it
 * writes. Key prefix, scripts, time limits and automatic pipelining are the transparent client's affair; on a client that
 * is lent there is none before it, so it has its user's prefix, scripts and time limit.
 */
export const createEndpointClient = (
  construct: new (...args: unknown[]) => unknown,
  options: IoredisOptions,
  { connectTimeout, purpose }: Pick<ConnectionRequest<IoredisOptions>, 'connectTimeout' | 'purpose'>,
): Redis => {
  const { url, ...rest } = options
  const hasSentinels = Array.isArray(rest.sentinels) && rest.sentinels.length > 0
  const own: RedisOptions = {
    ...rest,
    ...(hasSentinels && sentinelOptions(rest, connectTimeout)),
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    retryStrategy: () => null,
    reconnectOnError: null,
    maxRetriesPerRequest: null,
    disconnectTimeout: 0,
    // A server that loads its data would be waited for; the health check calls it what it is. A Sentinel-managed
    // endpoint needs the check, because it also verifies the server's role.
    enableReadyCheck: hasSentinels,
    // The deadline covers the handshake, and does not count time in which this process stood still.
    connectTimeout: hasSentinels ? connectTimeout : 0,
    enableAutoPipelining: false,
  }
  if (purpose !== 'lease') {
    own.keyPrefix = ''
    delete own.commandTimeout
    delete own.scripts
  }
  const client = (url === undefined ? new construct(own) : new construct(url, own)) as Redis
  keepSecrets(client.options)
  if (hasSentinels) leaveNoTimers(client)
  return client
}

/** The clients that ask Sentinels would each leave a timer of two seconds behind, which nothing stops. */
const leaveNoTimers = (client: Redis): void => {
  const connector = sentinelConnectorOf(client)
  const connect = connector.connectToSentinel.bind(connector)
  connector.connectToSentinel = (sentinel, options) => connect(sentinel, { ...options, disconnectTimeout: 0 })
}
