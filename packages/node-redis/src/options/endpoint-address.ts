import type { NodeRedisOptions } from './node-redis-options.ts'
import { parseUrl } from './parse-url.ts'

/** `host:port` or the path of a socket; never holds credentials. */
export const endpointAddress = ({ url, socket }: NodeRedisOptions): string => {
  const { host, port, path } = (url === undefined ? (socket ?? {}) : parseUrl(url).socket) as {
    host?: string
    port?: number
    path?: string
  }
  return path ?? `${host ?? 'localhost'}:${port ?? 6379}`
}
