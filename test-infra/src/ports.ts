import { createServer } from 'node:net'

// Below the range that systems give to outgoing connections (Linux from 32768, macOS from 49152): while a killed server
// is away, no reconnecting client can be given its port, nor connect to itself on it. Redis Cluster adds 10000 for its
// bus, which stays below 42000. 6379 is not in it, so a Redis that somebody uses is never touched.
const firstPort = 20_000
const lastPort = 32_000

const given = new Set<number>()

/** A port of 127.0.0.1 that nothing listens on now, never the same twice in one process. Another process may still take it. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = firstPort + Math.floor(Math.random() * (lastPort - firstPort))
    if (given.has(port)) continue
    given.add(port)
    if (await isFree(port)) return port
    if (given.size > (lastPort - firstPort) / 2) given.clear()
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1' }, () => server.close(() => resolve(true)))
  })
}
