import type { NodeRedisOptions } from './node-redis-options.ts'

/** `host:port` or the path of a socket; never holds credentials. */
export const endpointAddress = ({ url, socket }: NodeRedisOptions): string => {
  if (url !== undefined) return addressOfUrl(url)
  const { host, port, path } = (socket ?? {}) as { host?: string; port?: number; path?: string }
  return path ?? `${host ?? 'localhost'}:${port ?? 6379}`
}

const addressOfUrl = (url: string): string => {
  if (url.startsWith('unix:')) return url.replace(/^unix:\/\/(?:[^@/]*@)?/, '').replace(/[?#].*$/, '')
  const { hostname, port } = new URL(url)
  return `${hostname}:${port === '' ? 6379 : port}`
}
