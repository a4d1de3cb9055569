import { UnsupportedOperationError } from '@redis-endpoint-failover/core'
import { eventually, type RedisCluster, type RedisServer, startCluster } from '@redis-endpoint-failover/test-infra'
import { createCluster } from 'redis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createFailoverCluster, type NodeRedisClusterOptions } from '../../src/index.ts'
import { double } from './double-script.ts'

/** Shorter than by default, and longer than a promotion in these Clusters, which takes about 2.5 s. */
const GRACE = 7000

const create = (options: NodeRedisClusterOptions) => createCluster({ ...options, scripts: { double } })

let east: RedisCluster
let west: RedisCluster
const opened: { close(): Promise<void> }[] = []

beforeAll(async () => {
  ;[east, west] = await Promise.all([startCluster({ name: 'east' }), startCluster({ name: 'west', replicas: 0 })])
}, 60_000)
afterEach(async () => {
  await Promise.all(opened.splice(0).map((group) => group.close()))
})
afterAll(async () => {
  await Promise.all([east?.stop(), west?.stop()])
})

const rootNodesOf = (cluster: RedisCluster) => cluster.addresses.map((socket) => ({ socket }))

const open = async () => {
  const { client, group } = createFailoverCluster({
    create,
    endpoints: [
      { id: 'east', weight: 2, options: { rootNodes: rootNodesOf(east) } },
      { id: 'west', weight: 1, options: { rootNodes: rootNodesOf(west) } },
    ],
    health: { topologyGrace: GRACE },
    failback: { mode: 'never' },
    // On a busy machine, connecting takes longer than the better endpoint is waited for.
    start: { policy: 'all', timeout: 15_000 },
  })
  opened.push(group)
  await client.connect()
  return { client, group }
}

/** Keys of each primary of the Cluster. */
const keysByPrimary = async (cluster: RedisCluster): Promise<Map<RedisServer, string[]>> => {
  const keys = new Map<RedisServer, string[]>()
  for (let i = 0; i < 30; i += 1) {
    const primary = await cluster.primaryOf(`key${i}`)
    keys.set(primary, [...(keys.get(primary) ?? []), `key${i}`])
  }
  return keys
}

describe('a client that fails over between Clusters', () => {
  it('has the whole surface of a Cluster client', async () => {
    const { client, group } = await open()
    expect(group.active).toBe('east')
    expect(client.isOpen).toBe(true)
    expect(client.masters).toHaveLength(3)
    expect(await client.set('a', '1')).toBe('OK')
    expect(await client.hSet('{a}h', { f: 'v' })).toBe(1)
    expect(await client.hGetAll('{a}h')).toEqual({ f: 'v' })
    expect(await client.HGETALL('{a}h')).toEqual({ f: 'v' })
    expect(await client.double('a', 21)).toBe(42)
    expect(await client.sendCommand('a', true, ['GET', 'a'])).toBe('1')
    expect(await client.withTypeMapping({ 36: Buffer }).get('a')).toEqual(Buffer.from('1'))
    expect(await client.multi().incr('a').get('a').exec()).toEqual([2, '2'])
    expect(await client.multi().get('a').hGet('{a}h', 'f').execAsPipeline()).toEqual(['2', 'v'])
    expect(await client.duplicate().get('a')).toBe('2')
    await expect(client.incr('{a}h')).rejects.toThrow(/WRONGTYPE/)
  })

  it('takes batches and views that were made before a switch to the new Cluster', async () => {
    const { client, group } = await open()
    const view = client.withTypeMapping({ 36: Buffer })
    const batch = client.multi().set('{b}1', 'x').get('{b}1')
    await group.switchTo('west')
    expect(await batch.exec()).toEqual(['OK', 'x'])
    expect(await view.get('{b}1')).toEqual(Buffer.from('x'))
    const primary = await west.primaryOf('{b}1')
    expect(await primary.command('GET', '{b}1')).toBe('x')
    expect(client.masters.map(({ port }) => port).sort()).toEqual(west.addresses.map(({ port }) => port).sort())
  })

  it('refuses what does not follow a failover, and says what to do', async () => {
    const { client } = await open()
    await expect(client.sendCommand(undefined, true, ['SUBSCRIBE', 'news'])).rejects.toThrow(UnsupportedOperationError)
    expect(() => client.duplicate({ maxCommandRedirections: 1 })).toThrow(/duplicate\(\)/)
  })

  it('rejects commands before connect() and after the end', async () => {
    const { client, group } = createFailoverCluster({
      create,
      endpoints: [{ id: 'east', options: { rootNodes: rootNodesOf(east) } }],
    })
    opened.push(group)
    await expect(client.get('a')).rejects.toThrow('The client is closed')
    await client.connect()
    await client.close()
    expect(client.isOpen).toBe(false)
    await expect(client.get('a')).rejects.toThrow(/closed/)
    expect(group.lifecycle).toBe('closed')
  })
})

describe('a Cluster of six', () => {
  it('loses one primary: its own promotion is awaited, and the other keys go on', { timeout: 30_000 }, async () => {
    const { client, group } = await open()
    const keys = await keysByPrimary(east)
    const [[doomed, lostKeys], ...others] = [...keys] as [[RedisServer, string[]], ...[RedisServer, string[]][]]
    const goingOn = others.flatMap(([, list]) => list)
    const before = new Map<string, number>()
    for (const key of lostKeys) before.set(key, await client.incr(`${key}`))
    const acknowledged = new Map<string, number>(lostKeys.map((key) => [key, 0]))
    const outcomes = { served: 0, elsewhereFailed: 0, ambiguous: new Map<string, number>() }
    let stop = false
    const write = async (key: string): Promise<void> => {
      while (!stop) {
        try {
          await client.incr(key)
          acknowledged.set(key, (acknowledged.get(key) ?? 0) + 1)
          if (goingOn.includes(key)) outcomes.served += 1
        } catch (error) {
          if (goingOn.includes(key)) outcomes.elsewhereFailed += 1
          if ((error as { maybeExecuted?: boolean }).maybeExecuted === true)
            outcomes.ambiguous.set(key, (outcomes.ambiguous.get(key) ?? 0) + 1)
          await new Promise((resolve) => setTimeout(resolve, 10))
        }
      }
    }
    const lost = lostKeys[0] as string
    const writers = [lost, ...goingOn.slice(0, 4)].map(write)
    await doomed.kill()
    const servedAtKill = outcomes.served
    await east.waitUntilOk()
    // Its keys are served again by the replica that took over.
    await eventually(async () => void (await client.get(lost)), { timeout: 8000 })
    stop = true
    await Promise.all(writers)
    expect(outcomes.served).toBeGreaterThan(servedAtKill + 100)
    const kinds = group.history().map(({ type }) => type)
    expect(kinds.filter((type) => ['failover', 'all-down', 'connection-replaced'].includes(type))).toEqual([])
    expect(group.active).toBe('east')
    // Nothing was executed twice: what was not acknowledged may have been executed once.
    const value = Number(await client.get(lost))
    const most = (before.get(lost) ?? 0) + (acknowledged.get(lost) ?? 0) + (outcomes.ambiguous.get(lost) ?? 0)
    expect(value).toBeLessThanOrEqual(most)
    await eventually(() => expect(group.snapshot().endpoints[0]?.state).toBe('up'), { timeout: 5000 })
    await doomed.restart()
    await east.waitUntilOk()
  })

  it('dies as a whole: it is left for the other one when the grace is over', { timeout: 40_000 }, async () => {
    const { client, group } = await open()
    await client.set('c', '1')
    const failedOver = new Promise<number>((resolve) => group.once('failover', () => resolve(performance.now())))
    await Promise.all(east.nodes.map((node) => node.kill()))
    const killedAt = performance.now()
    const switchedAt = await failedOver
    expect(switchedAt - killedAt).toBeGreaterThan(GRACE - 500)
    expect(switchedAt - killedAt).toBeLessThan(GRACE + 4000)
    expect(await client.set('c', '2')).toBe('OK')
    expect(group.active).toBe('west')
    expect(group.history().find(({ type }) => type === 'failover')).toMatchObject({ reason: 'down', from: 'east' })
  })
})
