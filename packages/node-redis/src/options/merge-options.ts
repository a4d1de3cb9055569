import { ConfigurationError } from '@redis-endpoint-failover/core'
import { checkConnectionOptions } from './check-connection-options.ts'
import type { NodeRedisOptions, NodeRedisSocketOptions } from './node-redis-options.ts'
import { parseUrl } from './parse-url.ts'

/**
 * Merges an endpoint's options over those of all endpoints, and validates the result.
 *
 * @throws ConfigurationError that names the field and holds no credentials
 */
export const mergeOptions = (shared: NodeRedisOptions, own: NodeRedisOptions): NodeRedisOptions => {
  checkConnectionOptions('endpoints[].options', own)
  if (own.commandsQueueMaxLength !== undefined)
    throw new ConfigurationError(
      'endpoints[].options.commandsQueueMaxLength',
      own.commandsQueueMaxLength,
      'in clientOptions',
    )
  refuseSharedCache('endpoints[].options.clientSideCache', own.clientSideCache)
  const socket = { ...shared.socket, ...own.socket } as NodeRedisSocketOptions
  const merged: NodeRedisOptions = { ...shared, ...own, socket }
  if (shared.commandOptions !== undefined && own.commandOptions !== undefined)
    merged.commandOptions = { ...shared.commandOptions, ...own.commandOptions }
  if (merged.url !== undefined) checkUrl(merged.url, socket)
  return merged
}

/** @throws ConfigurationError */
export const checkClientOptions = (shared: NodeRedisOptions): void => {
  checkConnectionOptions('clientOptions', shared)
  if (shared.url !== undefined) throw new ConfigurationError('clientOptions.url', undefined, 'given for each endpoint')
  refuseSharedCache('clientOptions.clientSideCache', shared.clientSideCache)
}

/** A cache with an identity would serve one endpoint's values for another one. */
const refuseSharedCache = (field: string, cache: unknown): void => {
  if (typeof cache !== 'object' || cache === null) return
  const prototype: unknown = Object.getPrototypeOf(cache)
  if (prototype === null || (prototype as { constructor?: { name?: string } }).constructor?.name === 'Object') return
  throw new ConfigurationError(field, cache, 'a configuration object; each connection gets a cache of its own')
}

const checkUrl = (url: string, socket: NodeRedisSocketOptions): void => {
  const { tls } = parseUrl(url).socket
  if (socket.tls !== undefined && socket.tls !== tls)
    throw new ConfigurationError('socket.tls', socket.tls, `${tls}, as the URL of the endpoint says`)
}
