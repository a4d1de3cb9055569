import { eventually, startSentinel } from '@redis-endpoint-failover/test-infra'
import { createClient, createClientPool, createSentinel } from 'redis'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createFailoverGroup, createFailoverPool, pool, sentinel, standalone } from '../../src/index.ts'
import { endpointsOf, startEastAndWest } from './failover-setup.ts'

let setup: Awaited<ReturnType<typeof startEastAndWest>>
beforeAll(async () => {
  setup = await startEastAndWest()
})
afterEach(() => setup.reset())
afterAll(() => setup.stop())

describe('what is held across a switch', () => {
  test('iterators of all kinds end with a typed error, never with a cursor of another server', async () => {
    const { client, group } = await setup.open()
    const members = Array.from({ length: 600 }, (_, i) => `member:${i}`)
    await client.sAdd('set', members)
    await client.hSet('hash', Object.fromEntries(members.map((member) => [member, '1'])))
    await client.zAdd(
      'zset',
      members.map((value, score) => ({ value, score })),
    )
    const whole: unknown[] = []
    for await (const page of client.sScanIterator('set', { COUNT: 10 })) whole.push(...page)
    expect(new Set(whole)).toEqual(new Set(members))
    const iterators = [
      client.sScanIterator('set', { COUNT: 10 }),
      client.hScanIterator('hash', { COUNT: 10 }),
      client.zScanIterator('zset', { COUNT: 10 }),
    ]
    for (const iterator of iterators) expect(await iterator.next()).toMatchObject({ done: false })
    await group.switchTo('west')
    for (const iterator of iterators)
      await expect(iterator.next()).rejects.toMatchObject({ code: 'CURSOR_LOST', endpointId: 'east' })
  })

  test('views of all kinds send to the new endpoint', async () => {
    const { client, group } = await setup.open()
    const views = [
      client.withTypeMapping({}),
      client.withCommandOptions({ timeout: 5000 }),
      client.withAbortSignal(new AbortController().signal),
      client.asap(),
    ]
    await group.switchTo('west')
    for (const [index, view] of views.entries()) await view.set(`view:${index}`, 'x')
    expect(await setup.west.command('DBSIZE')).toBe(views.length)
    expect(await setup.east.command('DBSIZE')).toBe(0)
  })

  test('WAITAOF vouches for no write of an endpoint that was left', async () => {
    const { client, group } = await setup.open()
    await client.set('key', 'x')
    await group.switchTo('west')
    await expect(client.sendCommand(['WAITAOF', '0', '0', '10'])).rejects.toMatchObject({
      code: 'DURABILITY_UNKNOWN',
      endpointId: 'east',
    })
  })
})

describe('a group of a pool, a Sentinel-managed deployment and a server', () => {
  test('lends the client of whichever kind is active', async () => {
    await using deployment = await startSentinel({ masterName: 'main', replicas: 0, sentinels: 1, quorum: 1 })
    await using group = createFailoverGroup({
      endpoints: [
        { id: 'pool', weight: 3, options: pool(createClientPool, { url: setup.east.url }) },
        {
          id: 'sentinel',
          weight: 2,
          options: sentinel(createSentinel, { name: 'main', sentinelRootNodes: deployment.addresses }),
        },
        { id: 'server', weight: 1, options: standalone(createClient, { url: setup.west.url }) },
      ],
      start: { policy: 'all', timeout: 30_000 },
      failback: { mode: 'never' },
    })
    await group.start()
    for (const [id, server] of [
      ['pool', setup.east],
      ['sentinel', await deployment.primary()],
      ['server', setup.west],
    ] as const) {
      await eventually(() => expect(group.active).toBe(id), { timeout: 10_000 })
      expect(await group.execute((client) => client.set('kind', id))).toBe('OK')
      await eventually(
        async () => {
          await using lease = await group.acquire()
          expect([lease.endpointId, await lease.client.get('kind')]).toEqual([id, id])
        },
        { timeout: 15_000 },
      )
      expect(await server.command('GET', 'kind')).toBe(id)
      if (id !== 'server') await group.drain(id)
    }
  }, 60_000)
})

describe('the events and the state of a generated client', () => {
  test('tell of the group: ready, reconnecting, error and end', async () => {
    const { client, group } = createFailoverPool({
      create: createClientPool,
      endpoints: endpointsOf(setup.east, setup.west),
      preset: 'fast',
    })
    const state = () => [client.isOpen, (client as unknown as { isReady: boolean }).isReady]
    const events: string[] = []
    const errors: unknown[] = []
    for (const name of ['ready', 'reconnecting', 'end']) client.on(name as 'error', () => events.push(name))
    client.on('error', (error) => errors.push(error))
    expect(state()).toEqual([false, false])
    await client.connect()
    expect(state()).toEqual([true, true])
    await Promise.all([setup.east.kill(), setup.west.kill()])
    await eventually(() => expect([...state(), errors.length]).toEqual([true, false, 1]))
    expect(errors[0]).toMatchObject({ code: 'NO_ENDPOINT_AVAILABLE' })
    await setup.west.restart()
    await eventually(() => expect(state()).toEqual([true, true]), { timeout: 10_000 })
    await client.close()
    await eventually(() => expect(events.at(-1)).toBe('end'))
    expect([...state(), group.lifecycle]).toEqual([false, false, 'closed'])
    expect(events.slice(0, 2)).toEqual(['ready', 'reconnecting'])
  })
})
