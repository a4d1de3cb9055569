import { eventually, type RedisServer, startServers } from '@redis-endpoint-failover/test-infra'
import { createClient } from 'redis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createFailoverClient, type NodeRedisOptions } from '../../src/index.ts'

type Credentials = NonNullable<NodeRedisOptions['credentialsProvider']>

let east: RedisServer
let west: RedisServer
const opened: { close(): Promise<void> }[] = []

beforeAll(async () => {
  ;[east, west] = await startServers(['east', 'west'], { password: 'first' })
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((group) => group.close()))
  await setPassword('first')
})
afterAll(async () => {
  await Promise.all([east?.stop(), west?.stop()])
})

const setPassword = async (password: string): Promise<void> => {
  for (const server of [east, west]) await server.command('ACL', 'SETUSER', 'default', 'resetpass', `>${password}`)
}

const open = async (clientOptions: NodeRedisOptions) => {
  const { client, group } = createFailoverClient({
    create: (options) => createClient({ ...options, RESP: 3 }),
    clientOptions,
    endpoints: [east, west].map(({ name, host, port }, index) => ({
      id: name,
      weight: 2 - index,
      options: { socket: { host, port } },
    })),
    start: { policy: 'all' },
    failback: { mode: 'never' },
  })
  opened.push(group)
  await client.connect()
  expect(group.active).toBe('east')
  return { client, group }
}

describe('a credentialsProvider', () => {
  it('is asked for every connection, so that a rotated password needs nothing but the provider', async () => {
    let password = 'first'
    let asked = 0
    const credentialsProvider: Credentials = {
      type: 'async-credentials-provider',
      credentials: () => {
        asked++
        return Promise.resolve({ password })
      },
    }
    const { client, group } = await open({ credentialsProvider })
    await client.set('key', 'east')
    password = 'second'
    await setPassword('second')
    const before = asked
    // All connections are new ones then.
    for (const server of [east, west]) await server.command('CLIENT', 'KILL', 'TYPE', 'normal')
    await eventually(async () => expect(await client.get('key')).toBe('east'))
    await eventually(() => expect(group.snapshot().endpoints.every(({ state }) => state === 'up')).toBe(true))
    await group.switchTo('west')
    expect(await client.set('key', 'west')).toBe('OK')
    expect(await west.command('GET', 'key')).toBe('west')
    expect(asked).toBeGreaterThan(before)
  })

  it('that streams changes has every connection authenticated anew, and is let go with each of them', async () => {
    const listeners = new Set<(credentials: { password: string }) => void>()
    let password = 'first'
    const failures: Error[] = []
    const credentialsProvider: Credentials = {
      type: 'streaming-credentials-provider',
      subscribe: ({ onNext }) => {
        listeners.add(onNext)
        return Promise.resolve([{ password }, { dispose: () => void listeners.delete(onNext) }])
      },
      onReAuthenticationError: (error) => failures.push(error),
    }
    const { client, group } = await open({ credentialsProvider })
    await client.set('key', 'east')
    await eventually(() => expect(listeners.size).toBeGreaterThanOrEqual(3))
    // Both are good for a while, as in any rotation: a connection may be on its way with either.
    for (const server of [east, west]) await server.command('ACL', 'SETUSER', 'default', '>second')
    password = 'second'
    for (const onNext of listeners) onNext({ password })
    await group.switchTo('west')
    expect(await client.set('key', 'west')).toBe('OK')
    await setPassword('second')
    await group.switchTo('east')
    expect(await client.get('key')).toBe('east')
    expect(failures).toEqual([])
    await group.close()
    expect(listeners.size).toBe(0)
  })
})

describe('views that were taken before a switch', () => {
  it('legacy() goes to the new endpoint, with its batches', async () => {
    const { client, group } = await open({ password: 'first' })
    const legacy = client.legacy()
    const call = <T>(run: (done: (error: Error | null | undefined, reply?: T) => void) => void): Promise<T> =>
      new Promise((resolve, reject) => {
        run((error, reply) => (error ? reject(error) : resolve(reply as T)))
      })
    await call((done) => legacy.set('held', 'east', done as never))
    const batch = legacy.multi().incr('counted').get('counted')
    await group.switchTo('west')
    await call((done) => legacy.set('held', 'west', done as never))
    expect(await call((done) => legacy.get('held', done as never))).toBe('west')
    expect(await call((done) => batch.exec(done as never))).toEqual([1, '1'])
    expect([await east.command('GET', 'held'), await west.command('GET', 'held')]).toEqual(['east', 'west'])
    expect(await east.command('GET', 'counted')).toBeNull()
  })
})

describe('client-side caching', () => {
  it('never answers with a value of the endpoint that was left, nor with one that is old', async () => {
    const { client, group } = await open({ password: 'first', clientSideCache: { ttl: 0, maxEntries: 100 } })
    const hits = (): number =>
      (client as unknown as { clientSideCache: { stats(): { hitCount: number } } }).clientSideCache.stats().hitCount
    await east.command('SET', 'cached', 'of east')
    await west.command('SET', 'cached', 'of west')
    expect([await client.get('cached'), await client.get('cached')]).toEqual(['of east', 'of east'])
    expect(hits()).toBe(1)
    await group.switchTo('west')
    expect([await client.get('cached'), await client.get('cached')]).toEqual(['of west', 'of west'])
    expect(hits()).toBe(1)
    await east.command('SET', 'cached', 'changed meanwhile')
    await group.switchTo('east')
    expect(await client.get('cached')).toBe('changed meanwhile')
    await east.command('SET', 'cached', 'changed again')
    await eventually(async () => expect(await client.get('cached')).toBe('changed again'))
  })

  it('is refused as one cache for all connections', () => {
    class SharedCache {}
    const cache = new SharedCache() as NonNullable<NodeRedisOptions['clientSideCache']>
    expect(() =>
      createFailoverClient({
        create: (options) => createClient({ ...options, RESP: 3 }),
        clientOptions: { clientSideCache: cache },
        endpoints: [{ id: 'east', options: {} }],
      }),
    ).toThrow('each connection gets a cache of its own')
  })
})
