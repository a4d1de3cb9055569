import { ConfigurationError } from '@redis-endpoint-failover/core'

/** What a Redis URL says; what it does not say is absent. */
export interface UrlParts {
  readonly socket:
    | { readonly host: string; readonly port?: number; readonly tls: boolean }
    | { readonly path: string; readonly tls: false }
  readonly username?: string
  readonly password?: string
  readonly database?: number
}

const UNIX = /^unix:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?(\/[^?#]+)(?:\?([^#]*))?(?:#.*)?$/

/**
 * Reads a URL as node-redis does, whose own messages would show the password.
 *
 * @throws ConfigurationError that does not show the URL
 */
export const parseUrl = (url: string): UrlParts => {
  const parts = typeof url !== 'string' ? undefined : url.startsWith('unix:') ? parseUnix(url) : parseNetwork(url)
  if (parts === undefined || Number.isNaN(parts.database))
    throw new ConfigurationError(
      'endpoints[].options.url',
      undefined,
      'a URL such as redis://host:6379/0, rediss://host:6379 or unix:///path; its value is not shown, as it may hold a password',
    )
  return parts
}

const parseNetwork = (url: string): UrlParts | undefined => {
  if (!URL.canParse(url)) return undefined
  const { hostname, port, protocol, username, password, pathname } = new URL(url)
  if (protocol !== 'redis:' && protocol !== 'rediss:') return undefined
  const host = hostname.replace(/^\[([0-9a-f:]+)\]$/, '$1')
  return {
    socket: { host, tls: protocol === 'rediss:', ...(port === '' ? {} : { port: Number(port) }) },
    ...credentials(username, password),
    ...(pathname.length > 1 ? { database: Number(pathname.slice(1)) } : {}),
  }
}

const parseUnix = (url: string): UrlParts | undefined => {
  const [, username = '', password = '', path, query] = UNIX.exec(url) ?? []
  if (path === undefined || path === '/') return undefined
  const database = new URLSearchParams(query).get('db')
  return {
    socket: { path: decodeURIComponent(path), tls: false },
    ...credentials(username, password),
    ...(database === null ? {} : { database: Number(database) }),
  }
}

const credentials = (username: string, password: string): { username?: string; password?: string } => ({
  ...(username === '' ? {} : { username: decodeURIComponent(username) }),
  ...(password === '' ? {} : { password: decodeURIComponent(password) }),
})
