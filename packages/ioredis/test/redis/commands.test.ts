import { Redis } from 'ioredis'
import { describe, expect, it } from 'vitest'
import { start, useServers } from './failover-setup.ts'

const servers = useServers()
const [east] = servers

describe('the transparent client', () => {
  it('is an instance of the class that was handed in', async () => {
    const { client } = await start(servers)
    expect(client).toBeInstanceOf(Redis)
    expect(client.constructor.name).toBe('Redis')
    expect(client.status).toBe('ready')
  })

  it('runs commands, with Buffers and with callbacks', async () => {
    const { client } = await start(servers)
    expect(await client.set('key', 'value')).toBe('OK')
    expect(await client.get('key')).toBe('value')
    expect(await client.getBuffer('key')).toEqual(Buffer.from('value'))
    expect(await client.call('GET', 'key')).toBe('value')
    expect(await client.callBuffer('GET', 'key')).toEqual(Buffer.from('value'))
    const reply = await new Promise((resolve) => client.get('key', (error, value) => resolve([error, value])))
    expect(reply).toEqual([null, 'value'])
    const error = await new Promise((resolve) => client.incr('key', resolve))
    expect(error).toMatchObject({ name: 'ReplyError', command: { name: 'incr' } })
  })

  it('takes and gives what ioredis transforms', async () => {
    const { client } = await start(servers)
    await client.hset('hash', { one: 1, two: Buffer.from('2') })
    await client.mset(new Map([['a', 'A']]))
    expect(await client.hgetall('hash')).toEqual({ one: '1', two: '2' })
    expect(await client.get('a')).toBe('A')
  })

  it('runs pipelines, with their errors in place', async () => {
    const { client } = await start(servers)
    const results = await client
      .pipeline()
      .set('key', 'x')
      .incr('key')
      .get('key')
      .hset('h', { a: 1 })
      .hgetall('h')
      .exec()
    expect(results?.map(([error]) => error?.message)).toEqual([
      undefined,
      'ERR value is not an integer or out of range',
      undefined,
      undefined,
      undefined,
    ])
    expect(results?.map(([, value]) => value)).toEqual(['OK', undefined, 'x', 1, { a: '1' }])
    expect(
      await client
        .pipeline([
          ['get', 'key'],
          ['getBuffer', 'key'],
        ])
        .exec(),
    ).toEqual([
      [null, 'x'],
      [null, Buffer.from('x')],
    ])
    expect(await client.pipeline().exec()).toEqual([])
  })

  it('says in the errors of pipelines and transactions which endpoint lacks a script', async () => {
    const { client } = await start(servers)
    const expected = { message: expect.stringMatching(/^NOSCRIPT .*endpoint "east"/), endpointId: 'east' }
    const sha = 'f'.repeat(40)
    expect(await client.pipeline().evalsha(sha, 0).exec()).toMatchObject([[expected]])
    expect(await client.multi().set('key', 'x').evalsha(sha, 0).exec()).toMatchObject([[null, 'OK'], [expected]])
  })

  it('runs large pipelines of text and bytes in order', async () => {
    const { client } = await start(servers)
    const pipeline = client.pipeline()
    for (let i = 0; i < 2000; i++) pipeline.rpush('list', i % 3 === 0 ? Buffer.from(`${i}`) : `${i}`)
    await pipeline.exec()
    expect(await client.lrange('list', 0, -1)).toEqual(Array.from({ length: 2000 }, (_, i) => `${i}`))
  })

  it('runs transactions, and rejects the ones that the server discards', async () => {
    const { client } = await start(servers)
    await client.hset('h', 'f', 1)
    expect(await client.multi().set('key', 1).incr('key').hgetall('h').exec()).toEqual([
      [null, 'OK'],
      [null, 2],
      [null, { f: '1' }],
    ])
    await expect(client.multi().call('SET', 'key').set('key', 7).exec()).rejects.toMatchObject({
      message: expect.stringContaining('EXECABORT'),
      previousErrors: [expect.objectContaining({ name: 'ReplyError' })],
    })
    expect(await client.get('key')).toBe('2')
    expect(await client.multi([['get', 'key']]).exec()).toEqual([[null, '2']])
    expect(await client.pipeline([['multi'], ['incr', 'key'], ['exec'], ['get', 'key']]).exec()).toMatchObject([
      [null, 'OK'],
      [null, 'QUEUED'],
      [null, [3]],
      [null, '3'],
    ])
  })

  it('runs scripts, also in pipelines, also where the server has forgotten them', async () => {
    const lua = 'return redis.call("INCRBY", KEYS[1], ARGV[1])'
    const { client } = await start(servers, { clientOptions: { scripts: { add: { lua, numberOfKeys: 1 } } } })
    client.defineCommand('plus', { lua, numberOfKeys: 1 })
    const scripted = client as typeof client & Record<'add' | 'plus', (key: string, by: number) => Promise<number>>
    expect(await scripted.add('n', 1)).toBe(1)
    expect(await scripted.plus('n', 1)).toBe(2)
    expect(await scripted.plus('n', 1)).toBe(3)
    await east.command('SCRIPT', 'FLUSH')
    expect(await scripted.plus('n', 1)).toBe(4)
    const pipeline = client.pipeline() as ReturnType<typeof client.pipeline> & {
      plus(key: string, by: number): ReturnType<typeof client.pipeline>
    }
    await east.command('SCRIPT', 'FLUSH')
    // The script is sent once more after the pipeline, as ioredis does.
    expect(await pipeline.plus('n', 1).get('n').exec()).toEqual([
      [null, 5],
      [null, '4'],
    ])
  })

  it('runs what ioredis pipelines automatically', async () => {
    const { client } = await start(servers, { clientOptions: { enableAutoPipelining: true } })
    await east.command('CONFIG', 'RESETSTAT')
    const replies = await Promise.all([
      client.set('a', 1),
      client.incr('a'),
      client.get('a'),
      client.lpush('a', 1).catch((error: Error) => error.message.slice(0, 9)),
      client.blpop('none', 0.02),
      client.hgetall('none'),
    ])
    expect(replies).toEqual(['OK', 2, '2', 'WRONGTYPE', null, {}])
    expect(await east.command('INFO', 'commandstats')).toContain('cmdstat_incr:calls=1')
  })

  it('applies keyPrefix once', async () => {
    const { client } = await start(servers, { clientOptions: { keyPrefix: 'app:' } })
    await client.set('key', 1)
    await client.pipeline().incr('key').exec()
    await client.multi().incr('key').exec()
    expect(await east.command('KEYS', '*')).toEqual(['app:key'])
    expect(await client.get('key')).toBe('3')
  })

  it('scans with streams', async () => {
    const { client } = await start(servers)
    await client.mset(Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`key:${i}`, i])))
    const seen = new Set<string>()
    for await (const keys of client.scanStream({ match: 'key:*', count: 50 })) for (const key of keys) seen.add(key)
    expect(seen.size).toBe(500)
  })

  it('lets commands that block hold up nothing else', async () => {
    const { client } = await start(servers)
    const popped = client.blpop('queue', 5)
    expect(await client.get('nothing')).toBeNull()
    await client.rpush('queue', 'job')
    expect(await popped).toEqual(['queue', 'job'])
    const read = client.xread('BLOCK', 0, 'STREAMS', 'stream', '$')
    await new Promise((resolve) => setTimeout(resolve, 20))
    await client.xadd('stream', '1-1', 'field', 'value')
    expect(await read).toEqual([['stream', [['1-1', ['field', 'value']]]]])
  })

  it('gives up a command after commandTimeout, and says whether it was sent', async () => {
    const { client } = await start(servers, { clientOptions: { commandTimeout: 50 }, preset: 'default' })
    expect(await client.get('key')).toBeNull()
    await east.pause()
    const timedOut = { message: expect.stringMatching(/^Command timed out/), code: 'COMMAND_TIMEOUT' }
    await expect(client.incr('n')).rejects.toMatchObject({ ...timedOut, maybeExecuted: true })
    expect(await client.pipeline().incr('n').get('n').exec()).toMatchObject([[timedOut], [timedOut]])
    await expect(client.multi().incr('n').exec()).rejects.toMatchObject({ ...timedOut, maybeExecuted: true })
    const waiting = client.blpop('list', 1)
    await east.resume()
    // The server executed all that it was sent.
    expect(await client.get('n')).toBe('3')
    expect(await waiting).toBeNull()
  })

  it('gives up a watched transaction after commandTimeout', async () => {
    const { client } = await start(servers, { clientOptions: { commandTimeout: 50 }, preset: 'default' })
    await client.watch('n')
    await east.pause()
    await expect(client.multi().incr('n').exec()).rejects.toMatchObject({ code: 'COMMAND_TIMEOUT' })
    await east.resume()
    expect(await client.get('n')).toBe('1')
  })
})
