import { describe, expect, it } from 'vitest'
import { AmbiguousResultError } from '../../src/index.ts'
import { start, useServers } from './failover-setup.ts'

const servers = useServers()
const [east, west] = servers

/** What is sent meanwhile was written to a server that never answers it, and then dies. */
const dieUnder = async <T>(send: () => T): Promise<T> => {
  await east.pause()
  const sent = send()
  await new Promise((resolve) => setTimeout(resolve, 20))
  await east.kill()
  return sent
}

describe('commands whose connection is lost', () => {
  it('are repeated as they were, if they only read', async () => {
    const { client } = await start(servers, { clientOptions: { keyPrefix: 'app:' } })
    await west.command('HSET', 'app:h', 'f', '1')
    await west.command('SET', 'app:k', 'v')
    const lua = 'return redis.call("GET", KEYS[1])'
    client.defineCommand('look', { lua, numberOfKeys: 1, readOnly: true })
    const scripted = client as typeof client & { look(key: string): Promise<string> }
    const replies = await dieUnder(() => [
      client.hgetall('h'),
      client.hgetallBuffer('h'),
      client.getBuffer('k'),
      client.call('hgetall', 'h'),
      client.mget('k', Buffer.from('none')),
      new Promise((resolve) => client.get('k', (_error, value) => resolve(value))),
      scripted.look('k'),
      client.pipeline().get('k').hgetall('h').getBuffer('k').exec(),
    ])
    expect(await Promise.all(replies)).toEqual([
      { f: '1' },
      { f: Buffer.from('1') },
      Buffer.from('v'),
      { f: '1' },
      ['v', null],
      'v',
      'v',
      [
        [null, 'v'],
        [null, { f: '1' }],
        [null, Buffer.from('v')],
      ],
    ])
  })

  it('are for the caller to judge, if they write', async () => {
    const { client } = await start(servers)
    // The connection for commands that block is made with the first of them.
    await client.blpop('queue', 0.01)
    const replies = await dieUnder(() =>
      [
        client.incr('n'),
        client.hset('h', { f: 1 }),
        client.multi().incr('n').exec(),
        client.blpop('queue', 1),
        client.eval('return 1', 0),
      ].map((sent) => sent.catch((error: unknown) => error)),
    )
    for (const error of await Promise.all(replies)) {
      expect(error).toBeInstanceOf(AmbiguousResultError)
      expect(error).toMatchObject({ maybeExecuted: true, endpointId: 'east', cause: expect.any(Error) })
    }
    expect(await client.get('n')).toBeNull()
  })

  it('are rejected in the words of ioredis, if their own client was ended', async () => {
    const { client } = await start(servers)
    const twin = client.duplicate()
    const popped = expect(twin.blpop('queue', 0)).rejects
    await expect.poll(() => east.command('INFO', 'clients')).toContain('blocked_clients:1')
    twin.disconnect()
    await popped.toMatchObject({ message: 'Connection is closed.', maybeExecuted: true })
  })

  it('are for the caller to judge one by one, if some of a pipeline write', async () => {
    const { client } = await start(servers)
    const results = await dieUnder(() => client.pipeline().incr('n').get('n').exec())
    expect(results).toEqual([[expect.any(AmbiguousResultError)], [expect.any(AmbiguousResultError)]])
    expect(await west.command('EXISTS', 'n')).toBe(0)
  })

  it('are judged one by one where ioredis pipelined them automatically', async () => {
    const { client } = await start(servers, { clientOptions: { enableAutoPipelining: true } })
    const sent = await dieUnder(() => Promise.allSettled([client.incr('n'), client.get('n'), client.hgetall('h')]))
    expect(await sent).toMatchObject([{ reason: { maybeExecuted: true } }, { value: null }, { value: {} }])
  })

  it('are repeated if they were declared idempotent', async () => {
    const { client } = await start(servers, { retry: { isIdempotent: ([name]) => name === 'hset' } })
    expect(await (await dieUnder(() => [client.hset('h', { f: 1 })]))[0]).toBe(1)
  })
})

describe('commands that did not run', () => {
  it('wait for an endpoint, and run there as they were', async () => {
    const { client } = await start(servers, { clientOptions: { keyPrefix: 'app:' } })
    await Promise.all([east.kill(), west.kill()])
    await expect.poll(() => client.status).toBe('reconnecting')
    const replies = [
      client.hset('h', { f: 1 }),
      client.incr('n'),
      client.pipeline().incr('n').hgetall('h').exec(),
      client.multi().incr('n').hgetall('h').exec(),
      client.getBuffer('n'),
    ]
    await west.restart()
    expect(await Promise.all(replies)).toEqual([
      1,
      1,
      [
        [null, 2],
        [null, { f: '1' }],
      ],
      [
        [null, 3],
        [null, { f: '1' }],
      ],
      Buffer.from('3'),
    ])
    expect(await west.command('KEYS', '*')).toEqual(expect.arrayContaining(['app:h', 'app:n']))
  })

  it('run elsewhere when the server has become a replica', async () => {
    const { client, group } = await start(servers)
    await east.command('REPLICAOF', '127.0.0.1', west.port)
    const replies = await Promise.all([
      client.incr('n'),
      client.pipeline().incr('n').incr('n').exec(),
      client.multi().incr('n').exec(),
    ])
    expect(replies.flat(2).filter((value) => typeof value === 'number')).toHaveLength(4)
    expect(group.active).toBe('west')
    expect(await west.command('GET', 'n')).toBe('4')
  })

  it('say why, when no endpoint comes back in time', async () => {
    const { client } = await start(servers, { selectionTimeout: 50 })
    await Promise.all([east.kill(), west.kill()])
    await expect.poll(() => client.status).toBe('reconnecting')
    await expect(client.get('key')).rejects.toMatchObject({ code: 'NO_ENDPOINT_AVAILABLE' })
    await expect(client.multi().get('key').exec()).rejects.toMatchObject({ code: 'NO_ENDPOINT_AVAILABLE' })
    expect(await client.pipeline().get('key').exec()).toMatchObject([[{ code: 'NO_ENDPOINT_AVAILABLE' }]])
  })

  it('fail at once with enableOfflineQueue: false', async () => {
    const { client } = await start(servers, { clientOptions: { enableOfflineQueue: false } })
    await Promise.all([east.kill(), west.kill()])
    await expect.poll(() => client.status).toBe('reconnecting')
    await expect(client.get('key')).rejects.toThrow("Stream isn't writeable and enableOfflineQueue options is false")
    expect(await client.pipeline().get('key').exec()).toMatchObject([[{ message: expect.stringContaining('Stream') }]])
  })
})

describe('a script that a server refused half-way, because it became a replica', () => {
  const script = "redis.call('GET', KEYS[1]); return redis.call('INCR', KEYS[1])"

  it('is for the caller to judge', async () => {
    const { client } = await start(servers)
    await east.command('REPLICAOF', west.host, west.port)
    await expect(client.eval(script, 1, 'n')).rejects.toThrow(/^READONLY .* script: /)
  })

  it('is repeated on the endpoint that is active then, if it was declared idempotent', async () => {
    // The move waits for a probe of west, and so do the attempts.
    const retry = { attempts: 10, isIdempotent: ([name]: readonly unknown[]) => name === 'eval' }
    const { client, group } = await start(servers, { retry })
    await east.command('REPLICAOF', west.host, west.port)
    expect(await client.eval(script, 1, 'n')).toBe(1)
    expect(group.active).toBe('west')
    expect(await west.command('GET', 'n')).toBe('1')
  })
})
