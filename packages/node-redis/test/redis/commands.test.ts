import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import * as redis from 'redis'
import { type CommandParser, createClient, RESP_TYPES } from 'redis'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { findInternals } from '../../src/native/find-internals.ts'
import { addTo, startEastAndWest } from './failover-setup.ts'

let setup: Awaited<ReturnType<typeof startEastAndWest>>
beforeAll(async () => {
  setup = await startEastAndWest()
})
afterEach(() => setup.reset())
afterAll(() => setup.stop())

const library = `#!lua name=greeter
redis.register_function{function_name='greet', callback=function(keys, args) return 'hello ' .. args[1] end, flags={'no-writes'}}`

const extended = (options: object) =>
  createClient({
    ...options,
    scripts: { addTo },
    functions: {
      greeter: {
        greet: {
          NUMBER_OF_KEYS: 0,
          IS_READ_ONLY: true,
          parseCommand: (parser: CommandParser, name: string) => void parser.push(name),
          transformReply: (reply: string) => reply,
        },
      },
    },
    modules: {
      texts: {
        size: {
          parseCommand: (parser: CommandParser, key: string) => {
            parser.push('STRLEN')
            parser.pushKey(key)
          },
          transformReply: (reply: number) => reply,
        },
      },
    },
  })

const addAndThrow = {
  parseCommand: (parser: CommandParser, key: string) => {
    parser.push('INCR')
    parser.pushKey(key)
  },
  transformReply: (_reply: number): number => {
    throw new Error('not what I expected')
  },
}

describe('a routed client', () => {
  test('runs commands, raw commands and errors like the client it was made from', async () => {
    const { client } = await setup.open()
    expect(await client.set('greeting', 'hello')).toBe('OK')
    expect(await client.get('greeting')).toBe('hello')
    expect(await client.sendCommand(['STRLEN', 'greeting'])).toBe(5)
    expect(await client.hSet('hash', { a: '1', b: '2' })).toBe(2)
    expect({ ...(await client.hGetAll('hash')) }).toEqual({ a: '1', b: '2' })
    await expect(client.lPush('greeting', 'x')).rejects.toThrow('WRONGTYPE')
    await expect(client.sendCommand([5 as unknown as string])).rejects.toThrow(TypeError)
  })

  test('hands on what a transformation throws, for a command that was executed once and has ended well', async () => {
    const create = (options: object) => createClient({ ...options, modules: { counter: { add: addAndThrow } } })
    const { client, group } = await setup.open({ create, retry: { isIdempotent: () => true } })
    const retries: unknown[] = []
    group.on('retry', (event) => retries.push(event))
    await expect(client.counter.add('count')).rejects.toThrow('not what I expected')
    expect(await client.get('count')).toBe('1')
    expect(retries).toEqual([])
    await group.switchTo('west')
    expect(await client.get('count')).toBeNull()
  })

  test('publishes replies for those who listen, and calls a client that somebody has wrapped', async () => {
    const wrapped: unknown[] = []
    const create = (options: object) => {
      const made = createClient(options)
      const inner = findInternals(made)
      const own = inner._executeCommand.bind(inner)
      inner._executeCommand = (command, parser, commandOptions, transformReply) => {
        wrapped.push(parser.redisArgs[0])
        return own(command, parser, commandOptions, transformReply)
      }
      return made
    }
    const { client: plain } = await setup.open()
    const { client: other } = await setup.open({ create })
    const published: unknown[] = []
    const listener = (message: unknown) => published.push(message)
    subscribe('node-redis:command:reply', listener)
    try {
      await plain.set('key', 'value')
      await other.get('key')
    } finally {
      unsubscribe('node-redis:command:reply', listener)
    }
    await other.get('key')
    // Since 5.12.
    const expected = [
      expect.objectContaining({ args: ['SET', 'key', '?'], reply: 'OK' }),
      expect.objectContaining({ args: ['GET', 'key'], reply: 'value' }),
    ]
    expect(published).toEqual('CHANNELS' in redis ? expected : [])
    expect(wrapped).toEqual(['GET', 'GET'])
  })

  test('runs transactions and pipelines', async () => {
    const { client } = await setup.open()
    expect(await client.multi().set('n', '1').incr('n').get('n').exec()).toEqual(['OK', 2, '2'])
    expect(await client.multi().incr('n').incr('n').execAsPipeline()).toEqual([3, 4])
    expect(await client.multi().exec()).toEqual([])
    await expect(client.multi().set('text', 'x').incr('text').exec()).rejects.toThrow('1 commands failed')
  })

  test('says in the errors of transactions and pipelines which endpoint lacks a script', async () => {
    const { client } = await setup.open()
    const expected = { message: expect.stringMatching(/^NOSCRIPT .*endpoint "east"/), endpointId: 'east' }
    const sha = 'f'.repeat(40)
    await expect(client.multi().set('text', 'x').evalSha(sha).exec()).rejects.toMatchObject({
      message: expect.stringContaining('1 commands failed'),
      replies: ['OK', expected],
    })
    await expect(client.multi().evalSha(sha).execAsPipeline()).rejects.toMatchObject(expected)
  })

  test('runs scripts, functions and modules, and its views and namespaces follow a switch', async () => {
    const { client, group } = await setup.open({ create: extended })
    for (const server of [setup.east, setup.west]) await server.command('FUNCTION', 'LOAD', library)
    const buffers = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })
    const { greeter, texts } = client
    const batch = buffers.multi().set('where', 'there').get('where')
    const byId = async () => (await client.sendCommand(['CONFIG', 'GET', 'port'])) as unknown

    for (const { id, port } of [
      { id: 'east', port: setup.east.port },
      { id: 'west', port: setup.west.port },
    ]) {
      if (group.active !== id) await group.switchTo(id)
      expect(JSON.stringify(await byId())).toContain(`"${port}"`)
      expect(await client.addTo('sum', 2)).toBe(2)
      expect(await client.addTo('sum', 2)).toBe(4)
      expect(await greeter.greet('you')).toBe('hello you')
      await client.set('text', 'abc')
      expect(await texts.size('text')).toBe(3)
      expect(await buffers.get('text')).toEqual(Buffer.from('abc'))
    }
    expect(await batch.execAsPipeline()).toEqual(['OK', Buffer.from('there')])
    expect(await setup.west.command('GET', 'where')).toBe('there')
    expect(await setup.east.command('EXISTS', 'where')).toBe(0)
  })

  test('serves the callback interface', async () => {
    const { client } = await setup.open()
    const legacy = client.legacy()
    await new Promise<void>((resolve, reject) =>
      legacy.set('key', 'value', (error) => (error ? reject(error) : resolve())),
    )
    const reply = await new Promise((resolve) =>
      legacy
        .multi()
        .get('key')
        .exec((_error, replies) => resolve(replies)),
    )
    expect(reply).toEqual(['value'])
  })

  test('is duplicated within its group, which ends with its last client', async () => {
    const { client, group } = await setup.open()
    const second = client.duplicate()
    await second.connect()
    await second.set('from', 'second')
    expect(await client.get('from')).toBe('second')
    await client.close()
    expect(client.isOpen).toBe(false)
    expect(group.lifecycle).toBe('started')
    expect(await second.get('from')).toBe('second')
    await second.close()
    expect(group.lifecycle).toBe('closed')
    await expect(second.get('from')).rejects.toMatchObject({ code: 'GROUP_CLOSED' })
    await expect(second.multi().ping().exec()).rejects.toMatchObject({ code: 'GROUP_CLOSED' })
    await expect(second.connect()).rejects.toMatchObject({ code: 'GROUP_CLOSED' })
  })

  test('does not let commands that block hold up the others', async () => {
    const { client } = await setup.open()
    const popped = client.blPop('queue', 5)
    expect(await client.ping()).toBe('PONG')
    await client.rPush('queue', 'job')
    expect(await popped).toEqual({ key: 'queue', element: 'job' })
  })

  test('lets WAIT vouch only for writes of its own connection', async () => {
    const { client, group } = await setup.open()
    await client.set('key', 'value')
    expect(await client.wait(0, 100)).toBe(0)
    await group.switchTo('west')
    await client.get('key')
    await expect(client.wait(0, 100)).rejects.toMatchObject({ code: 'DURABILITY_UNKNOWN', endpointId: 'east' })
    await client.set('key', 'value')
    expect(await client.wait(0, 100)).toBe(0)
  })

  test('refuses a cursor of an endpoint that was left', async () => {
    const { client, group } = await setup.open()
    await Promise.all(Array.from({ length: 50 }, (_, i) => client.set(`key:${i}`, 'value')))
    const { cursor } = await client.scan('0', { COUNT: 5 })
    const [raw] = (await client.sendCommand(['SCAN', '0', 'COUNT', '7'])) as [string]
    expect((await client.scan(cursor, { COUNT: 5 })).keys.length).toBeGreaterThan(0)
    await group.switchTo('west')
    const lost = { code: 'CURSOR_LOST', endpointId: 'east' }
    await expect(client.scan(cursor)).rejects.toMatchObject(lost)
    await expect(client.sendCommand(['SCAN', raw])).rejects.toMatchObject(lost)
    expect(await client.scan('0')).toEqual({ cursor: '0', keys: [] })
  })

  test('reads through scan iterators, which fail typed when their endpoint is left', async () => {
    const { client, group } = await setup.open()
    const keys = Array.from({ length: 500 }, (_, index) => `key:${index}`)
    await client.mSet(keys.flatMap((key) => [[key, 'x']] as [string, string][]))
    const seen: string[] = []
    for await (const page of client.scanIterator({ COUNT: 50 })) seen.push(...page)
    expect(new Set(seen)).toEqual(new Set(keys))
    const iterator = client.scanIterator({ COUNT: 50 })
    await iterator.next()
    await group.switchTo('west')
    await expect(iterator.next()).rejects.toMatchObject({ code: 'CURSOR_LOST', endpointId: 'east' })
  })

  test('keeps a client-side cache for each connection', async () => {
    const create = (options: object) => createClient({ ...options, RESP: 3 })
    const { client, group } = await setup.open({
      create,
      clientOptions: { clientSideCache: { ttl: 0, maxEntries: 10 } },
    })
    await setup.east.command('SET', 'who', 'east')
    await setup.west.command('SET', 'who', 'west')
    expect([await client.get('who'), await client.get('who')]).toEqual(['east', 'east'])
    expect(
      (client as unknown as { clientSideCache: { stats(): { hitCount: number } } }).clientSideCache.stats().hitCount,
    ).toBe(1)
    await group.switchTo('west')
    expect(await client.get('who')).toBe('west')
  })
})

describe('optimistic locking', () => {
  test('works on one connection, and fails like a lost race when a switch comes in between', async () => {
    const { client, group } = await setup.open()
    await client.watch('stock')
    expect(client.isWatching).toBe(true)
    expect(await client.multi().set('stock', '1').exec()).toEqual(['OK'])
    expect(client.isWatching).toBe(false)

    await client.watch('stock')
    await setup.east.command('SET', 'stock', '7')
    await expect(client.multi().set('stock', '2').exec()).rejects.toThrow('watched keys')

    await client.watch('stock')
    await group.switchTo('west')
    const { WatchError } = await import('redis')
    await expect(client.multi().set('stock', '3').exec()).rejects.toBeInstanceOf(WatchError)
    expect(await client.multi().set('stock', '4').exec()).toEqual(['OK'])
    expect(await setup.east.command('GET', 'stock')).toBe('7')

    await client.watch('stock')
    await client.unwatch()
    await setup.west.command('SET', 'stock', '8')
    expect(await client.multi().set('stock', '5').exec()).toEqual(['OK'])
  })
})

describe('what concerns one connection', () => {
  test('is refused with what to do instead', async () => {
    const { client } = await setup.open()
    const refused = [
      () => client.select(1),
      () => client.monitor(() => {}),
      () => client.reset(),
      () => client.sendCommand(['select', '1']),
      () => client.sendCommand(['MULTI']),
      () => client.sendCommand(['SUBSCRIBE', 'x']),
      () => client.sendCommand(['CLIENT', 'TRACKING', 'ON']),
      () => client.clientNoEvict(true),
      () => client.auth({ password: 'x' }),
      () => client.multi().select(1).exec(),
      () => client.multi().addCommand(['SUBSCRIBE', 'x']).execAsPipeline(),
      async () => client.createPool(),
      async () => client.duplicate({ database: 1 }),
    ]
    for (const call of refused) await expect(call(), String(call)).rejects.toMatchObject({ code: 'UNSUPPORTED' })
    expect(await client.ping()).toBe('PONG')
  })

  test('is told to every connection that the client takes up, where it is its name', async () => {
    const { client, group } = await setup.open()
    const named = async (server: typeof setup.east): Promise<string[]> =>
      [...String(await server.command('CLIENT', 'LIST')).matchAll(/ name=(\S+)/g)].map(([, name = '']) => name).sort()
    await client.blPop('queue', 0.01)
    expect(await client.clientSetName('mine')).toBe('OK')
    await expect.poll(() => named(setup.east)).toEqual(['mine', 'mine'])
    const twin = await client.duplicate({ name: 'twin' }).connect()
    await expect.poll(() => named(setup.east)).toEqual(['mine', 'mine', 'twin'])
    await group.switchTo('west')
    await Promise.all([client.blPop('queue', 0.01), twin.blPop('queue', 0.01)])
    await expect.poll(() => named(setup.west)).toEqual(['mine', 'mine', 'twin', 'twin'])
    expect(await client.clientGetName()).toBe('mine')
  })
})
