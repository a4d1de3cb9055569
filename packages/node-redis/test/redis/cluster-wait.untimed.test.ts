import { eventually, type RedisCluster, type RedisServer, startCluster } from '@redis-endpoint-failover/test-infra'
import { createCluster } from 'redis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createFailoverCluster } from '../../src/index.ts'

let east: RedisCluster
let west: RedisCluster
const cleanups: (() => unknown)[] = []

beforeAll(async () => {
  ;[east, west] = await Promise.all([
    // Nobody is promoted while a replica hangs.
    startCluster({ name: 'east', nodeTimeout: 20_000 }),
    startCluster({ name: 'west', primaries: 1, replicas: 0 }),
  ])
}, 60_000)
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})
afterAll(async () => {
  await Promise.all([east?.stop(), west?.stop()])
})

const rootNodesOf = ({ addresses }: RedisCluster) => addresses.map((socket) => ({ socket }))

const open = async () => {
  const { client, group } = createFailoverCluster({
    create: createCluster,
    endpoints: [
      { id: 'east', weight: 2, options: { rootNodes: rootNodesOf(east) } },
      { id: 'west', weight: 1, options: { rootNodes: rootNodesOf(west) } },
    ],
    start: { policy: 'all', timeout: 20_000 },
    failback: { mode: 'never' },
  })
  cleanups.push(() => group.close())
  await client.connect()
  return { client, group }
}

const openBare = async () => {
  const client = createCluster({ rootNodes: rootNodesOf(east) })
  client.on('error', () => {})
  await client.connect()
  cleanups.push(() => client.destroy())
  return client
}

/** Has the replica of this key's primary hang until the test has ended. */
const hangReplicaOf = async (key: string): Promise<RedisServer> => {
  const primary = await east.primaryOf(key)
  const [, , [[, port]]] = (await primary.command('ROLE')) as [string, number, [[string, string]]]
  const replica = east.nodes.find((node) => node.port === Number(port)) as RedisServer
  await replica.pause()
  cleanups.push(() => replica.resume())
  return primary
}

const unknown = { code: 'DURABILITY_UNKNOWN', endpointId: 'east' }

describe('wait() of a Cluster client', () => {
  it('asks every primary, and tells the least: a replica that hangs is missed', async () => {
    const { client } = await open()
    await client.set('written', '1')
    expect(await client.wait(1, 1000)).toBe(1)
    await hangReplicaOf('written')
    await client.set('written', '2')
    expect(await client.wait(1, 50)).toBe(0)
    expect(await client.sendCommand(undefined, false, ['WAIT', '1', '50'])).toBe(0)
    expect(await client.withTypeMapping({ 58: String }).wait(1, 50)).toBe('0')
  })

  it('does so with every version; the bare client of early ones asks any server, also about writes of another', async () => {
    const bare = await openBare()
    await hangReplicaOf('written')
    await bare.set('written', '1')
    const asksAll = '_executeWithPolicies' in bare
    const answers = await Promise.all(Array.from({ length: asksAll ? 3 : 40 }, () => bare.wait(1, 20)))
    expect(new Set(answers)).toEqual(new Set(asksAll ? [0] : [0, 1]))
  })

  it('refuses to vouch for writes whose connection was replaced', async () => {
    const { client } = await open()
    const primary = await hangReplicaOf('lost')
    await client.set('lost', '1')
    await primary.command('CLIENT', 'KILL', 'TYPE', 'normal')
    await eventually(async () => expect(await client.get('lost')).toBe('1'))
    // Since Redis 7.2 a server answers for what was written on the connection that asks, which is nothing here: it says 1.
    for (let again = 0; again < 2; again += 1) await expect(client.wait(1, 50)).rejects.toMatchObject(unknown)
    await client.set('lost', '2')
    expect(await client.wait(1, 50)).toBe(0)
  })

  it('refuses to vouch for writes on an endpoint that was left', async () => {
    const { client, group } = await open()
    await client.multi().set('left', '1').exec()
    await group.switchTo('west')
    await expect(client.wait(1, 50)).rejects.toMatchObject(unknown)
    await client.set('left', '2')
    expect(await client.wait(1, 50)).toBe(0)
  })

  it('minds the writes only that it has not answered for', async () => {
    const { client } = await open()
    const primary = await east.primaryOf('answered')
    await client.set('answered', '1')
    expect(await client.wait(1, 1000)).toBe(1)
    await primary.command('CLIENT', 'KILL', 'TYPE', 'normal')
    await eventually(async () => expect(await client.get('answered')).toBe('1'))
    await client.set('answered', '2')
    expect(await client.wait(1, 1000)).toBe(1)
  })
})

describe('watch() of a Cluster client', () => {
  it('is none of the bare client: keys are watched on the client of one server, ours as well', async () => {
    const { client, group } = await open()
    const bare = await openBare()
    expect(['watch' in bare, 'watch' in client]).toEqual([false, false])
    const primary = await east.primaryOf('{w}1')
    for (const one of [bare, client]) {
      const master = one.masters.find(({ port }) => port === primary.port)!
      const node = await one.nodeClient(master)
      await node.watch('{w}1')
      await primary.command('INCR', '{w}1')
      await expect(node.multi().get('{w}1').exec()).rejects.toThrow(
        'One (or more) of the watched keys has been changed',
      )
      await node.watch('{w}1')
      expect(await node.multi().set('{w}2', 'x').exec()).toEqual(['OK'])
    }
    await expect(client.sendCommand('{w}1', false, ['WATCH', '{w}1'])).rejects.toMatchObject({ code: 'UNSUPPORTED' })
    // It is a client of the endpoint that was active: what it watches is lost with that.
    const old = await client.nodeClient(client.masters.find(({ port }) => port === primary.port)!)
    await old.watch('{w}1')
    await group.drain('east')
    await eventually(async () => expect(old.isOpen).toBe(false))
    await expect(old.multi().set('{w}1', 'late').exec()).rejects.toThrow()
    expect(await primary.command('GET', '{w}1')).toBe('2')
  })
})
