import { setTimeout as sleep } from 'node:timers/promises'
import { eventually, type RedisCluster, startCluster } from '@redis-endpoint-failover/test-infra'
import { failed, type Load, type LoadReport, startLoad, unsettled } from '@redis-endpoint-failover/testkit'
import { Cluster } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createFailoverCluster, type FailoverClusterOptions } from '../../src/index.ts'

let east: RedisCluster
let west: RedisCluster
const cleanups: (() => Promise<void>)[] = []

beforeAll(async () => {
  const started = await Promise.all([
    startCluster({ name: 'east', password: 'secret' }),
    startCluster({ name: 'west', replicas: 0 }),
  ])
  east = started[0]
  west = started[1]
})
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})
afterAll(() => Promise.all([east.stop(), west.stop()]))

const start = async (options: Partial<FailoverClusterOptions<Cluster>> = {}) => {
  const setup = createFailoverCluster<Cluster>({
    Cluster,
    endpoints: [
      { id: 'east', weight: 2, options: { nodes: east.addresses, redisOptions: { password: 'secret' } } },
      { id: 'west', options: { nodes: west.addresses } },
    ],
    selectionTimeout: 15_000,
    start: { policy: 'all', timeout: 20_000 },
    ...options,
  })
  const switches: string[] = []
  setup.group.on('failover', ({ from, to }) => switches.push(`${from} -> ${to}`))
  cleanups.push(() => setup.group.close())
  await setup.client.set('key', 'value')
  expect(setup.group.active).toBe('east')
  return { ...setup, switches }
}

const loadOn = (client: Cluster): Load =>
  startLoad({
    get: (key) => client.get(key),
    // Half of them as transactions: they take another way.
    incr: async (key) =>
      Number(key.at(-1)) % 2 === 0 ? await client.incr(key) : (await client.multi().incr(key).exec())![0]![1],
    readsPerSecond: 100,
    incrsPerSecond: 100,
  })

/** INCRs that were executed although the caller was told that they were not, or more than once; asked of the cluster. */
const executionFaults = async (client: Cluster, report: LoadReport) => {
  const counts = await Promise.all(report.incrs.map(async ({ id }) => Number(await client.get(id))))
  return {
    repeated: counts.filter((count) => count > 1),
    denied: report.incrs.filter(({ error }, i) => error !== undefined && !isAmbiguous(error) && counts[i] !== 0),
  }
}
/**
 * Why INCRs failed that were certainly not executed, other than by the two known limits: a transaction that the cluster
 * itself discards in the middle of a promotion is told so, and a command may use up its attempts on nodes that are dying.
 */
const certainFailures = ({ incrs }: LoadReport): string[] =>
  failed(incrs).flatMap(({ error }) => (isAmbiguous(error) || isKnownLimit(error) ? [] : [String(error)]))
const isKnownLimit = (error: unknown): boolean => /EXECABORT|isn't writeable/.test(String(error))
const isAmbiguous = (error: unknown): boolean => (error as { maybeExecuted?: boolean }).maybeExecuted === true

const promotionUnderLoad = async (client: Cluster, fault: () => Promise<unknown>) => {
  const load = loadOn(client)
  await eventually(() => load.report().incrs.length > 20)
  await fault()
  await sleep(500)
  const sent = load.report().incrs.length
  // Keys of every slot are served again.
  await eventually(
    () => {
      const later = load.report().incrs.slice(sent)
      return later.length > 100 && later.every(({ settledAt }) => settledAt !== undefined)
    },
    { timeout: 15_000, interval: 50 },
  ).catch(() => {})
  const report = await load.stop({ settleTimeout: 15_000 })
  return { report, faults: await executionFaults(client, report) }
}

it("a leased client is a Cluster of the endpoint in use, with its user's key prefix", async () => {
  const { group } = await start({ clientOptions: { keyPrefix: 'app:' } })
  const lease = await group.acquire()
  expect([lease.endpointId, await lease.client.get('key')]).toEqual(['east', 'value'])
  lease.release()
  expect(await group.execute((native) => native.strlen('key'))).toBe(5)
})

describe('a failover client of Redis Clusters', () => {
  it('is a Cluster, and does what one does: commands, pipelines, transactions, scripts, callbacks', async () => {
    const { client } = await start({ clientOptions: { keyPrefix: 'app:' } })
    expect(client).toBeInstanceOf(Cluster)
    expect(client.isCluster).toBe(true)
    expect(client.status).toBe('ready')
    expect(await client.get('key')).toBe('value')
    expect(await client.getBuffer('key')).toEqual(Buffer.from('value'))
    expect(await client.call('GET', 'key')).toBe('value')
    expect(await new Promise((resolve) => client.get('key', (error, reply) => resolve([error, reply])))).toEqual([
      null,
      'value',
    ])
    const pipelined = await client
      .pipeline()
      .set('{a}1', '1')
      .incr('{a}1')
      .hset('{a}h', 'f', 'v')
      .hgetall('{a}h')
      .exec()
    expect(pipelined).toEqual([
      [null, 'OK'],
      [null, 2],
      [null, 1],
      [null, { f: 'v' }],
    ])
    const transacted = await client.multi().set('{a}2', 'x').getBuffer('{a}2').hgetall('{a}h').exec()
    expect(transacted).toEqual([
      [null, 'OK'],
      [null, Buffer.from('x')],
      [null, { f: 'v' }],
    ])
    client.defineCommand('join', { numberOfKeys: 1, lua: 'return redis.call("GET", KEYS[1]) .. ARGV[1]' })
    const join = (client as unknown as { join(key: string, text: string): Promise<string> }).join.bind(client)
    expect([await join('key', '!'), await join('key', '?')]).toEqual(['value!', 'value?'])
    expect(client.nodes('master')).toHaveLength(3)
    expect(client.slots).toHaveLength(16_384)
  })

  it('refuses what one node cannot do, and what is bound to one node', async () => {
    const { client } = await start()
    const crossSlot = 'All keys in the pipeline should belong to the same slots allocation group'
    await expect(client.pipeline().get('a').get('b').exec()).rejects.toThrow(crossSlot)
    await expect(client.multi().set('a', '1').set('b', '2').exec()).rejects.toThrow(crossSlot)
    await expect(client.mget('a', 'b')).rejects.toThrow('CROSSSLOT')
    for (const refused of [() => client.scan(0), () => client.wait(1, 10), () => client.call('SCAN', '0')])
      await expect(refused()).rejects.toMatchObject({ code: 'UNSUPPORTED' })
    expect(() => client.duplicate([{ host: 'elsewhere' }])).toThrow('another cluster')
  })

  it('pipelines by itself, duplicates itself and blocks beside other commands', async () => {
    const { client, group } = await start({ clientOptions: { enableAutoPipelining: true } })
    const values = await Promise.all(Array.from({ length: 50 }, (_, i) => client.set(`auto:${i}`, i)))
    expect(values).toEqual(Array(50).fill('OK'))
    const copy = client.duplicate()
    const popped = copy.blpop('{list}', 5)
    await copy.rpush('{list}', 'item')
    expect(await popped).toEqual(['{list}', 'item'])
    await copy.quit()
    expect(copy.status).toBe('end')
    expect(await client.get('auto:49')).toBe('49')
    expect(group.lifecycle).toBe('started')
    expect(await client.quit()).toBe('OK')
    await expect(client.get('key')).rejects.toThrow()
    expect(group.lifecycle).toBe('closed')
  })

  it('awaits the promotion of a dead node: commands wait, nothing is executed twice, nothing switches', async () => {
    const { client, switches } = await start()
    const node = await east.primaryOf('key')
    cleanups.push(async () => {
      await node.restart()
      await east.waitUntilOk()
    })
    const { report, faults } = await promotionUnderLoad(client, () => node.kill())
    expect(unsettled([...report.reads, ...report.incrs])).toEqual([])
    expect(failed(report.reads)).toEqual([])
    expect(certainFailures(report)).toEqual([])
    expect(failed(report.incrs).length).toBeLessThan(20)
    expect(faults).toEqual({ repeated: [], denied: [] })
    expect(switches).toEqual([])
    expect(await client.set('key', 'again')).toBe('OK')
  })

  it('goes around a node that hangs, and settles what was in flight on it', async () => {
    const { client, switches } = await start({ connectionSilenceTimeout: 1500 })
    const node = await east.primaryOf('key')
    cleanups.push(async () => {
      await node.resume()
      await east.waitUntilOk()
    })
    const { report, faults } = await promotionUnderLoad(client, () => node.pause())
    expect(unsettled([...report.reads, ...report.incrs])).toEqual([])
    expect(certainFailures(report)).toEqual([])
    expect(faults.repeated).toEqual([])
    expect(switches).toEqual([])
    expect(await client.set('key', 'again')).toBe('OK')
  })

  it('runs a pipeline that was built before a failover on the cluster that is active then', async () => {
    const { client, group } = await start()
    const pipeline = client.pipeline().set('built', 'before').get('built')
    const transaction = client.multi().incr('counted')
    await group.switchTo('west')
    expect(await pipeline.exec()).toEqual([
      [null, 'OK'],
      [null, 'before'],
    ])
    expect(await transaction.exec()).toEqual([[null, 1]])
    expect(await (await west.primaryOf('built')).command('GET', 'built')).toBe('before')
  })

  it('leaves a cluster that is gone after topologyGrace, and every command settles', async () => {
    const { client, group, switches } = await start({ health: { topologyGrace: 1000 } })
    const load = loadOn(client)
    await eventually(() => load.report().incrs.length > 20)
    const { at } = await east.kill()
    await eventually(() => group.active === 'west', { timeout: 10_000 })
    expect(performance.now() - at).toBeGreaterThan(900)
    await sleep(200)
    const report = await load.stop()
    expect(unsettled([...report.reads, ...report.incrs])).toEqual([])
    expect(failed(report.reads).filter(({ error }) => !isKnownLimit(error))).toEqual([])
    expect(certainFailures(report)).toEqual([])
    expect((await executionFaults(client, report)).repeated).toEqual([])
    expect(switches).toEqual(['east -> west'])
    expect(group.explain('east')).toContain('east')
    await group.close()
    await expect(client.get('key')).rejects.toMatchObject({ code: 'GROUP_CLOSED' })
  })
})
