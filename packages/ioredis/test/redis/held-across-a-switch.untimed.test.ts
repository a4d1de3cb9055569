import { describe, expect, it } from 'vitest'
import { start, useServers } from './failover-setup.ts'

const servers = useServers()
const [east, west] = servers

describe('what is held across a switch', () => {
  it('streams of all kinds end with a typed error, never with a cursor of another server', async () => {
    const { client, group } = await start(servers, { failback: { mode: 'never' } })
    const members = Array.from({ length: 600 }, (_, i) => `member:${i}`)
    await client.sadd('set', members)
    await client.hset('hash', Object.fromEntries(members.map((member) => [member, '1'])))
    await client.zadd('zset', ...members.flatMap((member, score) => [score, member]))
    const whole = new Set<string>()
    for await (const page of client.sscanStream('set', { count: 10 })) for (const member of page) whole.add(member)
    expect(whole).toEqual(new Set(members))
    const iterators = [
      client.sscanStream('set', { count: 10 }),
      client.hscanStream('hash', { count: 10 }),
      client.zscanStream('zset', { count: 10 }),
      client.sscanBufferStream('set', { count: 10 }),
    ].map((stream) => stream[Symbol.asyncIterator]())
    for (const iterator of iterators) expect(await iterator.next()).toMatchObject({ done: false })
    await group.switchTo('west')
    const rest = async (iterator: (typeof iterators)[number]): Promise<void> => {
      while ((await iterator.next()).done !== true);
    }
    for (const iterator of iterators)
      await expect(rest(iterator)).rejects.toMatchObject({ code: 'CURSOR_LOST', endpointId: 'east' })
  })

  it('pipelines, transactions and scripts that were made before run whole on the new endpoint', async () => {
    const { client, group } = await start(servers, { clientOptions: { keyPrefix: 'app:' } })
    client.defineCommand('plus', { lua: 'return redis.call("INCRBY", KEYS[1], ARGV[1])', numberOfKeys: 1 })
    const scripted = client as typeof client & { plus(key: string, by: number): Promise<number> }
    expect(await scripted.plus('n', 5)).toBe(5)
    const pipeline = client.pipeline().set('a', '1').incr('a')
    const transaction = client.multi().incr('n').get('n')
    const { get } = client
    await group.switchTo('west')
    expect(await pipeline.exec()).toEqual([
      [null, 'OK'],
      [null, 2],
    ])
    expect(await transaction.exec()).toEqual([
      [null, 1],
      [null, '1'],
    ])
    expect(await scripted.plus('n', 5)).toBe(6)
    expect(await get.call(client, 'n')).toBe('6')
    expect([await east.command('KEYS', '*'), await west.command('DBSIZE')]).toEqual([['app:n'], 2])
  })

  it('WAITAOF vouches for no write of an endpoint that was left', async () => {
    const { client, group } = await start(servers)
    await client.set('key', 'x')
    await group.switchTo('west')
    await expect(client.call('WAITAOF', '0', '0', '10')).rejects.toMatchObject({
      code: 'DURABILITY_UNKNOWN',
      endpointId: 'east',
    })
  })
})
