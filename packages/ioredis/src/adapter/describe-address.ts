import type { IoredisOptions } from '../client-options.ts'

/** Where the endpoint is, for messages: `host:port`, a socket path or Sentinels. Never credentials. */
export const describeAddress = (options: IoredisOptions): string => {
  const { url, sentinels, name, path, host = 'localhost', port = 6379 } = options
  if (url !== undefined) return addressOfUrl(url)
  if (sentinels !== undefined && sentinels !== null && sentinels.length > 0)
    return `${name ?? 'master'} by ${sentinels.length} Sentinels`
  if (path !== undefined) return path
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

const addressOfUrl = (url: string): string => {
  if (/^\/(?!\/)/.test(url)) return url
  try {
    // ioredis takes `//host` and `host` as well.
    const { hostname, port, pathname } = new URL(
      /^[a-z]+:\/\//i.test(url) ? url : `redis://${url.replace(/^\/\//, '')}`,
    )
    return hostname === '' ? pathname : `${hostname}:${port === '' ? 6379 : port}`
  } catch {
    // Nothing of what cannot be parsed is safe to show.
    return 'an unreadable URL'
  }
}
