import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type RedisServer, startRedis } from '@redis-endpoint-failover/test-infra'
import { Redis } from 'ioredis'
import { afterEach, describe, expect, it } from 'vitest'
import { createFailoverClient, type FailoverClientOptions } from '../../src/index.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const serve = async (options: Parameters<typeof startRedis>[0]): Promise<RedisServer> => {
  const server = await startRedis(options)
  cleanups.push(() => server.stop())
  return server
}

const create = (options: Omit<FailoverClientOptions<Redis>, 'Redis'>) => {
  const setup = createFailoverClient({ Redis, start: { timeout: 500 }, preset: 'fast', ...options })
  cleanups.push(() => setup.group.close())
  return setup
}

describe('a client', () => {
  it('speaks TLS, by URL too', async () => {
    const server = await serve({ tls: true, password: 'secret' })
    const tls = { ca: server.tls!.ca }
    const { client } = create({ endpoints: [{ id: 'east', options: { url: server.url, tls } }] })
    expect(await client.set('key', 1)).toBe('OK')
    const untrusting = create({
      endpoints: [{ id: 'east', options: { host: server.host, port: server.port, tls: {} } }],
    })
    await expect(untrusting.client.connect()).rejects.toThrow(/TLS/)
  })

  it('hands on what a user of the ACL may not do, and goes on', async () => {
    const server = await serve({ aclUsers: ['reader on >secret ~* +@read +@connection'] })
    const { client, group } = create({
      clientOptions: { username: 'reader', password: 'secret' },
      endpoints: [{ id: 'east', options: { port: server.port } }],
    })
    expect(await client.get('key')).toBeNull()
    await expect(client.set('key', 1)).rejects.toThrow(/^NOPERM/)
    expect(group.snapshot().endpoints[0]).toMatchObject({ state: 'up', writable: true })
  })

  it.each([2, 3] as const)('is let in by protocol %d, or told why not', async (protocol) => {
    const server = await serve({ password: 'secret' })
    const options = { port: server.port, protocol }
    const { client } = create({ endpoints: [{ id: 'east', options: { ...options, password: 'secret' } }] })
    await client.hset('h', { f: 1 })
    expect(await client.hgetall('h')).toEqual({ f: '1' })
    const stranger = create({ endpoints: [{ id: 'east', options }] })
    await expect(stranger.client.connect()).rejects.toThrow(/authentication/)
  })

  it('says so when what answers is no Redis', async () => {
    const http: Server = createServer((_request, response) => response.end('hello'))
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    cleanups.push(() => new Promise((resolve) => http.close(resolve)))
    const { port } = http.address() as AddressInfo
    const { client } = create({ endpoints: [{ id: 'web', options: { port } }] })
    await expect(client.connect()).rejects.toThrow(/protocol of Redis/)
  })

  // Since 6, which has RESP3.
  const hasShapes = new Redis({ lazyConnect: true }).options.protocol !== undefined
  it.runIf(hasShapes)('keeps the shapes that its options ask for', async () => {
    const server = await serve({})
    const { client } = createFailoverClient<Redis<'resp3'>>({
      Redis,
      clientOptions: { replyMapping: 'resp3', stringNumbers: false },
      endpoints: [{ id: 'east', options: { port: server.port } }],
    })
    cleanups.push(() => client.quit())
    await client.zadd('z', 1.5, 'member')
    expect(await client.zscore('z', 'member')).toBe(1.5)
  })
})
