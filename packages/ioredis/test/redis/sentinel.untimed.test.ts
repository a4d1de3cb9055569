import {
  eventually,
  type RedisServer,
  type SentinelDeployment,
  startRedis,
  startSentinel,
} from '@redis-endpoint-failover/test-infra'
import { ambiguous, failed, findExecutionFaults, startLoad, unsettled } from '@redis-endpoint-failover/testkit'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createFailoverClient, type FailoverClientOptions } from '../../src/index.ts'

let deployment: SentinelDeployment
let west: RedisServer
const cleanups: (() => Promise<void>)[] = []

beforeAll(async () => {
  const started = await Promise.all([
    startSentinel({ replicas: 2, downAfter: 300, failoverTimeout: 1000, password: 'secret' }),
    startRedis(),
  ])
  deployment = started[0]
  west = started[1]
})
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})
afterAll(() => Promise.all([deployment.stop(), west.stop()]))

const start = async (options: Partial<FailoverClientOptions<Redis>> = {}) => {
  const setup = createFailoverClient({
    Redis,
    endpoints: [
      {
        id: 'east',
        weight: 2,
        options: { sentinels: deployment.addresses, name: deployment.masterName, password: 'secret' },
      },
      { id: 'west', options: { host: west.host, port: west.port } },
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

const loadOn = (client: Redis) =>
  startLoad({
    get: (key) => client.get(key),
    incr: (key) => client.incr(key),
    readsPerSecond: 100,
    incrsPerSecond: 50,
  })

/** Does `fault` to the primary under load; resolves with what came of it when another one has been promoted. */
const promotionUnderLoad = async (client: Redis, fault: (primary: RedisServer) => Promise<unknown>) => {
  const load = loadOn(client)
  const before = await deployment.primary()
  await eventually(() => load.report().incrs.length > 10)
  await fault(before)
  // A hung one still says that it is a master.
  const after = await deployment.waitForPromotion(before)
  const sentBefore = load.report().incrs.length
  await eventually(
    () =>
      load
        .report()
        .incrs.slice(sentBefore)
        .some(({ reply }) => reply === 1),
    { timeout: 10_000 },
  )
  const report = await load.stop()
  return { report, faults: await findExecutionFaults([after, west], report), before }
}

describe('an endpoint that Sentinels look after', () => {
  it('is awaited while it promotes another primary: commands wait, nothing is executed twice, nothing switches', async () => {
    const { client, switches } = await start()
    const { report, faults } = await promotionUnderLoad(client, (primary) => primary.kill())
    expect(unsettled([...report.reads, ...report.incrs])).toEqual([])
    expect(failed(report.reads)).toEqual([])
    // Only what was in flight at that moment.
    expect(failed(report.incrs)).toEqual(ambiguous(report.incrs))
    expect(failed(report.incrs).length).toBeLessThan(10)
    expect(faults.repeated).toEqual([])
    expect(faults.denied).toEqual([])
    expect(switches).toEqual([])
  })

  it('is followed to the new primary when the old one hangs, and no command is left without an outcome', async () => {
    const { client, switches } = await start()
    const { report, faults, before } = await promotionUnderLoad(client, (primary) => primary.pause())
    expect(unsettled([...report.reads, ...report.incrs])).toEqual([])
    expect(failed(report.reads)).toEqual([])
    expect(failed(report.incrs)).toEqual(ambiguous(report.incrs))
    expect(faults.repeated).toEqual([])
    expect(switches).toEqual([])
    await before.resume()
  })

  it('is left after topologyGrace when no primary is found any more', async () => {
    const { client, group, switches } = await start({ health: { topologyGrace: 1000 } })
    const { at } = await deployment.kill()
    // A read: what is sent before the death of the primary is noticed may be lost with it.
    expect(await client.get('key')).toBeNull()
    expect(performance.now() - at).toBeGreaterThan(900)
    expect(await client.set('key', 'value')).toBe('OK')
    expect(switches).toEqual(['east -> west'])
    expect(group.snapshot().endpoints[0]).toMatchObject({ state: 'down', reason: 'topology-not-ok' })
    expect(group.explain('east')).toContain('no Sentinel answers')
    expect(await west.command('GET', 'key')).toBe('value')
  })

  it('leaves nothing behind, not even while no Sentinel answers', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length
    const before = timers()
    const { group } = createFailoverClient({
      Redis,
      endpoints: [{ id: 'east', options: { sentinels: deployment.addresses, name: deployment.masterName } }],
      start: { policy: 'none' },
    })
    await eventually(() => group.snapshot().endpoints[0]?.state === 'down')
    await group.close()
    await eventually(() => timers() <= before, { timeout: 500 })
  })
})
