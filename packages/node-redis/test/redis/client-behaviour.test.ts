import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { eventually, startRedis } from '@redis-endpoint-failover/test-infra'
import { createClient } from 'redis'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createFailoverClient, type NodeRedisOptions } from '../../src/index.ts'
import { startEastAndWest } from './failover-setup.ts'

let setup: Awaited<ReturnType<typeof startEastAndWest>>
beforeAll(async () => {
  setup = await startEastAndWest()
})
afterEach(() => setup.reset())
afterAll(() => setup.stop())

describe('a start that fails', () => {
  const startWith = async (options: NodeRedisOptions) => {
    const { client, group } = createFailoverClient({
      create: createClient,
      endpoints: [{ id: 'east', options }],
      start: { timeout: 400 },
    })
    try {
      return (await client.connect().catch((error: unknown) => error)) as Error & { causes: Record<string, string> }
    } finally {
      await group.close()
    }
  }

  test('says that the credentials are wrong, without showing them', async () => {
    const error = await startWith({ url: setup.east.url.replace('//', '//app:not-this-secret@') })
    expect(error).toMatchObject({ code: 'START_FAILED', message: expect.stringMatching(/credentials/) })
    expect(error.message).not.toContain('secret')
  })

  test('says that the name was not found', async () => {
    const error = await startWith({ url: 'redis://no-such-host.invalid:6379' })
    expect(error.causes.east).toMatch(/name.*(not found|could not be resolved)/)
  })

  test('says that nobody listens', async () => {
    expect((await startWith({ socket: { host: '127.0.0.1', port: 1 } })).causes.east).toContain('refused')
  })

  test('says that it is not a Redis server', async () => {
    const http = createServer((_request, response) => response.end('hello')).listen(0, '127.0.0.1')
    await once(http, 'listening')
    const { port } = http.address() as AddressInfo
    const error = await startWith({ socket: { host: '127.0.0.1', port } })
    http.close()
    expect(error.causes.east).toContain('Redis protocol')
  })
})

describe('a routed client', () => {
  test('speaks TLS, as a user with an access list, with options for all endpoints', async () => {
    await using server = await startRedis({ tls: true, aclUsers: ['app on >secret ~app:* +@all -@dangerous'] })
    const { client, group } = createFailoverClient({
      create: createClient,
      clientOptions: { username: 'app', password: 'secret', socket: { tls: true, ca: server.tls?.ca ?? '' } },
      endpoints: [{ id: 'east', options: { socket: { host: server.host, port: server.port, tls: true } } }],
    })
    await client.connect()
    expect(await client.set('app:key', 'x')).toBe('OK')
    await expect(client.set('other', 'x')).rejects.toThrow('NOPERM')
    await expect(client.flushAll()).rejects.toThrow('NOPERM')
    expect(await client.get('app:key')).toBe('x')
    await group.close()
  })

  test('tells the truth about its state, and ends no process that does not listen for errors', async () => {
    const { client, group } = await setup.open({ preset: 'fast', selectionTimeout: 100 })
    const events: string[] = []
    for (const name of ['connect', 'ready', 'reconnecting', 'end']) client.on(name, () => events.push(name))
    expect([client.isOpen, client.isReady]).toEqual([true, true])
    await setup.east.kill()
    expect(await client.ping()).toBe('PONG')
    expect(events).toEqual(['reconnecting', 'connect', 'ready'])
    await setup.west.kill()
    await eventually(() => !client.isReady)
    await expect(client.ping()).rejects.toMatchObject({ code: 'NO_ENDPOINT_AVAILABLE' })
    await setup.west.restart()
    await eventually(() => client.isReady)
    expect(await client.ping()).toBe('PONG')

    const errors: unknown[] = []
    client.on('error', (error) => errors.push(error))
    await setup.west.kill()
    await eventually(() => errors.length > 0)
    expect(errors).toEqual([expect.objectContaining({ code: 'NO_ENDPOINT_AVAILABLE' })])
    await client.close()
    expect([client.isOpen, client.isReady, events.at(-1), group.lifecycle]).toEqual([false, false, 'end', 'closed'])
  })

  test('refuses what does not fit into commandsQueueMaxLength, batches as a whole', async () => {
    const { client } = await setup.open({ clientOptions: { commandsQueueMaxLength: 3 } })
    const results = await Promise.allSettled([1, 2, 3, 4, 5].map(() => client.incr('n')))
    expect(results.map(({ status }) => status)).toEqual([...Array(3).fill('fulfilled'), ...Array(2).fill('rejected')])
    await expect(client.multi().incr('n').incr('n').exec()).rejects.toThrow('The queue is full')
    expect(await client.multi().incr('n').exec()).toEqual([4])
  })

  test('stops a command that waits to be written at the caller’s word, and leaves it unwritten', async () => {
    const { client } = await setup.open()
    const aborted = client.withAbortSignal(AbortSignal.abort())
    await expect(aborted.incr('n')).rejects.toThrow('The command was aborted')
    expect(await client.get('n')).toBeNull()
  })

  test('ends at once by destroy(), and what was in flight settles', async () => {
    const { client, group } = await setup.open()
    await setup.east.pause()
    const write = client.incr('n')
    const read = client.get('n')
    client.destroy()
    await expect(write).rejects.toMatchObject({ code: 'AMBIGUOUS_RESULT' })
    await expect(read).rejects.toMatchObject({ code: 'GROUP_CLOSED' })
    await eventually(() => group.lifecycle === 'closed')
    await setup.east.resume()
  })
})
