import { eventually, type RedisCluster, startCluster } from '@redis-endpoint-failover/test-infra'
import { Cluster } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createFailoverCluster } from '../../src/index.ts'

let east: RedisCluster
let west: RedisCluster
const cleanups: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  ;[east, west] = await Promise.all([startCluster({ name: 'east' }), startCluster({ name: 'west', replicas: 0 })])
}, 60_000)
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})
afterAll(async () => {
  await Promise.all([east?.stop(), west?.stop()])
})

const open = async () => {
  const { client, group } = createFailoverCluster({
    Cluster,
    clientOptions: { lazyConnect: true },
    endpoints: [
      { id: 'east', weight: 2, options: { nodes: east.addresses } },
      { id: 'west', weight: 1, options: { nodes: west.addresses } },
    ],
    start: { policy: 'all', timeout: 20_000 },
    failback: { mode: 'never' },
  })
  cleanups.push(() => group.close())
  await client.connect()
  expect(group.active).toBe('east')
  return { client, group }
}

describe('watch() of a Cluster client', () => {
  it('lets a transaction pass whose keys nobody has changed, and no other', async () => {
    const { client } = await open()
    await client.set('{k}1', '1')
    expect(await client.watch('{k}1')).toBe('OK')
    expect(await client.multi().incr('{k}1').exec()).toEqual([[null, 2]])
    await client.watch('{k}1', '{k}2')
    await (await east.primaryOf('{k}1')).command('SET', '{k}2', 'by somebody else')
    expect(await client.multi().incr('{k}1').exec()).toBeNull()
    expect(await client.get('{k}1')).toBe('2')
  })

  it('may be followed by its transaction without waiting for it', async () => {
    const { client } = await open()
    await client.set('w', '1')
    const watching = client.watch('w')
    expect(await client.multi().incr('w').exec()).toEqual([[null, 2]])
    await watching
  })

  it('is undone by unwatch()', async () => {
    const { client } = await open()
    await client.watch('u')
    expect(await client.unwatch()).toBe('OK')
    await (await east.primaryOf('u')).command('SET', 'u', '1')
    expect(await client.multi().incr('u').exec()).toEqual([[null, 2]])
  })

  it('loses the race when the connection to its node was replaced meanwhile, unlike the bare client', async () => {
    const { client } = await open()
    const bare = new Cluster(east.addresses)
    cleanups.push(() => bare.quit())
    const server = await east.primaryOf('lost')
    for (const [one, expected] of [
      [bare, [[null, 'OK']]],
      [client, null],
    ] as const) {
      await one.set('lost', '1')
      await one.watch('lost')
      await server.command('CLIENT', 'KILL', 'TYPE', 'normal')
      await server.command('SET', 'lost', 'by somebody else')
      // The next command has the connection opened anew.
      await eventually(async () => expect(await one.get('lost')).toBe('by somebody else'))
      expect(await one.multi().set('lost', 'overwritten').exec()).toEqual(expected)
    }
    expect(await client.get('lost')).toBe('by somebody else')
  })

  it('loses the race when its endpoint was left meanwhile', async () => {
    const { client, group } = await open()
    await client.watch('moved')
    await group.switchTo('west')
    expect(await client.multi().set('moved', '1').exec()).toBeNull()
    expect(await client.get('moved')).toBeNull()
  })

  it('loses the race when the slot has moved meanwhile', async () => {
    const { client } = await open()
    await client.watch('slot')
    const from = await east.primaryOf('slot')
    const to = (await east.primaries()).find((server) => server !== from)
    const slot = Number(await from.command('CLUSTER', 'KEYSLOT', 'slot'))
    const id = String(await to?.command('CLUSTER', 'MYID'))
    for (const server of [to, from]) await server?.command('CLUSTER', 'SETSLOT', slot, 'NODE', id)
    expect(await client.multi().set('slot', '1').exec()).toBeNull()
    // Watched again, it is at the node that has the slot now.
    await eventually(async () => {
      await client.watch('slot')
      expect(await client.multi().set('slot', '2').exec()).toEqual([[null, 'OK']])
    })
    expect(await client.get('slot')).toBe('2')
  })

  it('refuses a transaction at another node, which nothing would guard', async () => {
    const { client } = await open()
    const other = ['a', 'b', 'c', 'd', 'e', 'f']
    const watched = await east.primaryOf('k')
    const owners = await Promise.all(other.map((key) => east.primaryOf(key)))
    const elsewhere = other[owners.findIndex((owner) => owner !== watched)] as string
    await client.watch('k')
    await expect(client.multi().set(elsewhere, '1').exec()).rejects.toMatchObject({ code: 'UNSUPPORTED' })
    expect(await client.multi().set(elsewhere, '1').exec()).toEqual([[null, 'OK']])
  })
})

describe('wait() of a Cluster client', () => {
  it('is refused, because the bare client asks any node: it vouches for writes that no replica has', async () => {
    const { client } = await open()
    const bare = new Cluster(east.addresses)
    cleanups.push(() => bare.quit())
    const primary = await east.primaryOf('written')
    const [, , [[, port]]] = (await primary.command('ROLE')) as [string, number, [[string, string]]]
    const replica = east.nodes.find((node) => node.port === Number(port))
    await replica?.pause()
    cleanups.push(async () => replica?.resume())
    await bare.set('written', '1')
    const answers = await Promise.all(Array.from({ length: 40 }, () => bare.wait(1, 50)))
    // The replica of this write hangs: "1" is about another node.
    expect(answers).toContain(1)
    await expect(client.wait(1, 50)).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringContaining('which node carried the writes'),
    })
  })
})
