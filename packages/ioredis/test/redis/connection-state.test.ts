import { describe, expect, it } from 'vitest'
import { roundRobin, UnsupportedOperationError } from '../../src/index.ts'
import { start, useServers } from './failover-setup.ts'

const servers = useServers()
const [east, west] = servers

describe('what belongs to one connection', () => {
  it('is refused with what to do instead', async () => {
    const { client } = await start(servers)
    const refused: [string, () => Promise<unknown>][] = [
      ['clientOptions', () => client.select(1)],
      ['clientOptions', () => client.auth('secret')],
      ['clientOptions', () => client.call('HELLO', 3)],
      ['not in a pipeline', () => client.pipeline().subscribe('channel').exec()],
      ['monitor()', () => client.call('MONITOR')],
      ['another connection', () => client.client('NO-EVICT', 'ON')],
      ['multi()', () => client.multi({ pipeline: false })],
      ['multi()', () => client.call('multi')],
      ['exec()', () => client.exec()],
      ['clientOptions', () => client.pipeline().get('key').select(1).exec()],
    ]
    for (const [advice, call] of refused) {
      const error = await call().catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(UnsupportedOperationError)
      expect((error as Error).message).toContain(advice)
    }
    expect(await client.client('ID')).toBeGreaterThan(0)
    expect(await client.pipeline().set('key', 1).wait(0, 10).exec()).toEqual([
      [null, 'OK'],
      [null, 0],
    ])
  })

  it('is told to every connection that it takes up, where it is its name', async () => {
    const { client, group } = await start(servers)
    const named = async (server: typeof east): Promise<string[]> =>
      [...String(await server.command('CLIENT', 'LIST')).matchAll(/ name=(\S+)/g)].map(([, name = '']) => name).sort()
    await client.blpop('queue', 0.01)
    expect(await client.client('SETNAME', 'mine')).toBe('OK')
    await expect.poll(() => named(east)).toEqual(['mine', 'mine'])
    await expect(client.client('SETNAME', 'not mine')).rejects.toThrow('ERR Client names cannot contain spaces')
    const twin = client.duplicate({ connectionName: 'twin' })
    await twin.get('key')
    await expect.poll(() => named(east)).toEqual(['mine', 'mine', 'twin'])
    await group.switchTo('west')
    await Promise.all([client.blpop('queue', 0.01), twin.blpop('queue', 0.01)])
    await expect.poll(() => named(west)).toEqual(['mine', 'mine', 'twin', 'twin'])
    expect(await client.client('GETNAME')).toBe('mine')
  })

  it('lets a transaction fail when a watched key was changed', async () => {
    const { client } = await start(servers)
    await client.set('balance', 1)
    await client.watch('balance')
    expect(await client.multi().incr('balance').exec()).toEqual([[null, 2]])
    await client.watch('balance')
    await east.command('SET', 'balance', 10)
    expect(await client.multi().incr('balance').exec()).toBeNull()
    await client.watch('balance')
    await east.command('SET', 'balance', 20)
    await client.unwatch()
    expect(await client.multi().incr('balance').exec()).toEqual([[null, 21]])
  })

  it('lets a transaction fail when the watching connection is gone', async () => {
    const { client, group } = await start(servers)
    await client.watch('balance')
    await east.command('CLIENT', 'KILL', 'TYPE', 'normal')
    await expect.poll(() => client.get('balance')).toBeNull()
    expect(await client.multi().incr('balance').exec()).toBeNull()
    expect(await client.multi().incr('balance').exec()).toEqual([[null, 1]])
    await client.watch('balance')
    await group.switchTo('west')
    expect(await client.multi().incr('balance').exec()).toBeNull()
    expect(await client.multi().incr('balance').exec()).toEqual([[null, 1]])
  })

  it('ends a scan with an error when its endpoint is left', async () => {
    const { client, group } = await start(servers)
    await client.mset(Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`key:${i}`, i])))
    const scan = async (): Promise<void> => {
      for await (const _keys of client.scanStream({ count: 10 }))
        if (group.active === 'east') await group.switchTo('west')
    }
    await expect(scan()).rejects.toMatchObject({ code: 'CURSOR_LOST', endpointId: 'east' })
  })

  it('refuses a cursor of an endpoint that was left', async () => {
    const { client, group } = await start(servers)
    await client.mset(Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`key:${i}`, i])))
    const [cursor] = await client.scan(0, 'COUNT', 5)
    expect((await client.scan(cursor, 'COUNT', 5))[1].length).toBeGreaterThan(0)
    await group.switchTo('west')
    await expect(client.scan(cursor)).rejects.toMatchObject({ code: 'CURSOR_LOST', endpointId: 'east' })
    expect(await client.scan(0)).toEqual(['0', []])
  })

  it('lets WAIT vouch only for writes of its own connection', async () => {
    const { client, group } = await start(servers)
    const unknown = { code: 'DURABILITY_UNKNOWN', endpointId: 'east' }
    await client.set('key', 'value')
    expect(await client.wait(0, 100)).toBe(0)
    await group.switchTo('west')
    await client.get('key')
    await expect(client.wait(0, 100)).rejects.toMatchObject(unknown)
    await client.pipeline().set('key', 'value').exec()
    expect(await client.wait(0, 100)).toBe(0)
    await group.switchTo('east')
    await client.set('key', 'value')
    client.disconnect(true)
    await expect(client.wait(0, 100)).rejects.toMatchObject(unknown)
  })

  it('stays on one endpoint where a strategy spreads the commands', async () => {
    const { client } = await start(servers, { selection: roundRobin() })
    await expect
      .poll(async () => {
        await Promise.all(Array.from({ length: 10 }, (_, i) => client.set(`spread:${i}`, i)))
        return (await Promise.all(servers.map((server) => server.command('DBSIZE')))).every((size) => Number(size) > 0)
      })
      .toBe(true)
    await east.command('MSET', ...Array.from({ length: 200 }, (_, i) => [`key:${i}`, i]).flat())
    const seen = new Set<string>()
    for await (const keys of client.scanStream({ match: 'key:*' })) for (const key of keys) seen.add(key)
    expect(seen.size).toBe(200)
    await client.watch('balance')
    expect(await client.multi().incr('balance').exec()).toEqual([[null, 1]])
  })
})
