import { describe, expect, it } from 'vitest'
import { presets, role, roundRobin } from '../../../src/index.ts'
import { nothingLeft, settle, World } from './world.ts'

const { interval, timeout } = presets.default.health
/** The next probe comes after the interval at the latest, and is answered within the timeout. */
const BOUND_MS = 1.1 * interval + timeout

/** `west` follows `east`, which is active. */
const replicating = async (world = new World()): Promise<World> => {
  world.west.replicaOf(world.east)
  await world.start(2000)
  await world.call(['SET', 'k', 'v'])
  return world
}

describe('a replica that is promoted over the active endpoint', () => {
  it('is moved to within an interval and a timeout, and the old one is told of as stale, once', async () => {
    const world = await replicating()
    expect(world.group.active).toBe('east')
    world.west.promote()
    await world.advance(BOUND_MS)
    expect(world.group.active).toBe('west')
    expect(world.switches).toMatchObject([{ type: 'failover', from: 'east', to: 'west', reason: 'stale-primary' }])
    await world.advance(120_000)
    expect(world.of('stale-primary')).toMatchObject([{ endpointId: 'east', promotedId: 'west', divergenceBytes: 0 }])
    expect(world.switches).toHaveLength(1)
    expect(world.of('multiple-primaries')).toEqual([])
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('lacks as many bytes as were written to the old one meanwhile', async () => {
    const world = await replicating()
    const { offset } = world.east.replication
    world.west.promote()
    for (let i = 0; i < 10; i += 1) await world.call(['SET', 'k', `${i}`])
    const written = world.east.replication.offset - offset
    expect(written).toBeGreaterThan(100)
    await world.advance(BOUND_MS)
    expect(world.of('stale-primary')).toMatchObject([{ divergenceBytes: written }])
    await world.close()
  })

  it('makes the old one no target, says so, and refuses to switch to it, unless forced', async () => {
    const world = await replicating()
    world.west.promote()
    await world.advance(BOUND_MS)
    expect(world.state('east')).toMatchObject({
      state: 'up',
      writable: false,
      stalePrimary: { promotedId: 'west', divergenceBytes: 0 },
    })
    expect(world.group.explain('east')).toContain('stale primary: "west" was promoted over it')
    const refused = settle(world.group.switchTo('east'))
    await world.advance(100)
    expect(String(refused.error)).toContain('"west" was promoted over it')
    world.west.crash()
    await world.advance(3000)
    // The only one that lives; but what is written there would be lost.
    expect(world.group.active).toBe('west')
    expect((await world.call(['GET', 'k'])).error).toMatchObject({
      causes: { east: expect.stringContaining('stale primary') },
    })
    void world.group.switchTo('east', { force: true })
    await world.advance(100)
    expect(await world.call(['GET', 'k'])).toMatchObject({ outcome: 'resolved' })
    expect(world.group.active).toBe('east')
    await world.close()
  })

  it('leaves the old one where it is while the promoted one cannot take over', async () => {
    const world = await replicating()
    await Promise.all([world.group.drain('west'), world.advance(100)])
    world.west.promote()
    await world.advance(10_000)
    expect(world.of('stale-primary')).toHaveLength(1)
    expect(world.group.active).toBe('east')
    expect(world.group.explain('east')).toContain('stays active only because no other endpoint can take over')
    await Promise.all([world.group.resume('west'), world.advance(100)])
    expect(world.group.active).toBe('west')
    await world.close()
  })

  it('is believed also where the old one is restarted and knows nothing of it any more', async () => {
    const world = await replicating()
    world.east.crash()
    await world.advance(100)
    world.west.promote()
    await world.advance(2000)
    world.east.restart({ keepData: false })
    await world.advance(120_000)
    expect(world.of('stale-primary')).toMatchObject([{ endpointId: 'east', promotedId: 'west' }])
    expect(world.group.active).toBe('west')
    await world.close()
  })

  it('is found at the start too, where a role check says that one primary is wanted', async () => {
    const world = new World({ health: { check: role() } })
    world.west.replicaOf(world.east)
    world.west.promote()
    await world.start(100)
    expect(world.group.active).toBe('west')
    expect(world.of('stale-primary')).toMatchObject([{ endpointId: 'east', promotedId: 'west' }])
    await world.close()
  })

  it('is not found where it was never seen to follow the other one: a copy of its data looks the same', async () => {
    const world = new World()
    world.west.replicaOf(world.east)
    world.west.promote()
    await world.start(10_000)
    expect(world.group.active).toBe('east')
    expect(world.of('stale-primary')).toEqual([])
    expect(world.state('east')).toMatchObject({ stalePrimary: undefined, writable: true })
    await world.close()
  })
})

describe('a stale primary', () => {
  it('is one no more when it follows the promoted one, and is moved back to when that is promoted in its turn', async () => {
    const world = await replicating()
    world.west.promote()
    await world.advance(BOUND_MS)
    world.east.replicaOf(world.west)
    await world.advance(BOUND_MS)
    expect(world.of('stale-primary-cleared')).toMatchObject([{ endpointId: 'east', why: 'it is a replica now' }])
    expect(world.state('east')).toMatchObject({ stalePrimary: undefined, writable: false })
    expect(world.group.active).toBe('west')
    world.east.promote()
    await world.advance(BOUND_MS)
    expect(world.of('stale-primary').at(-1)).toMatchObject({ endpointId: 'west', promotedId: 'east' })
    expect(world.group.active).toBe('east')
    await world.close()
  })

  it.each(['demoted', 'removed', 'changed'] as const)('is one no more when the promoted one is %s', async (how) => {
    const world = await replicating()
    world.west.promote()
    await world.advance(BOUND_MS)
    if (how === 'demoted') world.west.replicaOf(world.east)
    else if (how === 'removed') void world.group.remove('west', { drainTimeout: 0 })
    else void world.group.update('west', { options: { address: 'elsewhere' } })
    await world.advance(3000)
    expect(world.of('stale-primary-cleared')).toMatchObject([{ endpointId: 'east' }])
    expect(world.state('east')).toMatchObject({ stalePrimary: undefined, writable: true })
    if (how !== 'changed') expect(world.group.active).toBe('east')
    await world.close()
  })

  it('is no candidate of a spreading strategy', async () => {
    const world = await replicating(new World({ selection: roundRobin() }))
    world.west.promote()
    await world.advance(BOUND_MS)
    const before = world.east.log.length
    for (let i = 0; i < 10; i += 1) await world.call(['GET', 'k'])
    expect(world.east.log).toHaveLength(before)
    await world.close()
  })
})

describe('the events of promotions', () => {
  it('replayed from nothing say which endpoints are stale, and which take writes', async () => {
    const world = await replicating()
    world.west.promote()
    await world.advance(3000)
    world.east.replicaOf(world.west)
    await world.advance(3000)
    world.east.promote()
    await world.advance(3000)
    const replayed: Record<string, { writable: boolean; stalePrimary: unknown }> = {}
    for (const event of world.events) {
      if (event.type === 'endpoint-added') replayed[event.endpointId] = { writable: true, stalePrimary: undefined }
      if (event.type === 'health-changed') replayed[event.endpointId]!.writable = event.writable
      if (event.type === 'stale-primary-cleared') replayed[event.endpointId]!.stalePrimary = undefined
      if (event.type === 'stale-primary') {
        const { promotedId, divergenceBytes } = event
        replayed[event.endpointId]!.stalePrimary = { promotedId, divergenceBytes }
      }
    }
    const { endpoints } = world.group.snapshot()
    expect(replayed).toEqual(
      Object.fromEntries(endpoints.map(({ id, writable, stalePrimary }) => [id, { writable, stalePrimary }])),
    )
    expect(replayed.west?.stalePrimary).toMatchObject({ promotedId: 'east' })
    await world.close()
  })
})

describe('two primaries', () => {
  it('that have nothing to do with each other are how independent endpoints are: nothing is said', async () => {
    const world = await new World().start(60_000)
    expect(world.of('multiple-primaries')).toEqual([])
    expect(world.of('stale-primary')).toEqual([])
    await world.close()
  })

  it('are told of once where a role check expects a primary; the active one is kept', async () => {
    const world = await new World({ health: { check: role() } }).start(60_000)
    expect(world.of('multiple-primaries')).toMatchObject([{ endpointIds: ['east', 'west'] }])
    expect(world.group.active).toBe('east')
    expect(world.switches).toEqual([])
    world.west.crash()
    await world.advance(10_000)
    world.west.restart()
    await world.advance(10_000)
    expect(world.of('multiple-primaries')).toHaveLength(1)
    await world.close()
  })

  it('are told of where endpoints replicate from each other, and again when others are', async () => {
    const endpoints = ['east', 'west', 'south'].map((name) => ({ id: name, options: {} }))
    const world = new World({ endpoints })
    world.west.replicaOf(world.east)
    world.endpoint('south').replicaOf(world.east)
    await world.start(2000)
    expect(world.of('multiple-primaries')).toEqual([])
    world.endpoint('south').promote()
    world.west.promote()
    await world.advance(3000)
    expect(world.of('multiple-primaries')).toMatchObject([{ endpointIds: ['west', 'south'] }])
    expect(world.of('stale-primary')).toHaveLength(1)
    world.endpoint('south').replicaOf(world.west)
    await world.advance(3000)
    world.endpoint('south').promote()
    await world.advance(3000)
    expect(world.of('stale-primary').at(-1)).toMatchObject({ endpointId: 'west', promotedId: 'south' })
    await world.close()
  })
})

describe('an idle active endpoint that becomes a replica', () => {
  it('is left within an interval and a timeout, without a write that fails first', async () => {
    const world = await new World().start()
    await world.call(['GET', 'k'])
    world.east.replicaOf(world.west)
    await world.advance(BOUND_MS)
    expect(world.switches).toMatchObject([{ from: 'east', to: 'west', reason: 'not-writable' }])
    await world.close()
  })
})

describe('the server behind an endpoint', () => {
  it('is asked once for each probe, beside it, and only where there is another one to compare it with', async () => {
    const asked: string[] = []
    const count = async (endpoints: { id: string; options: object }[]): Promise<[infos: number, pings: number]> => {
      const world = new World({ endpoints })
      asked.length = 0
      const { receiveFrom } = world.east
      world.east.receiveFrom = (connection, args, answer) => {
        asked.push(args.join(' '))
        receiveFrom.call(world.east, connection, args, answer)
      }
      await world.start(20_500)
      await world.close()
      return [
        asked.filter((said) => said === 'INFO replication').length,
        asked.filter((said) => said === 'PING').length,
      ]
    }
    const [infos, pings] = await count([
      { id: 'east', options: {} },
      { id: 'west', options: {} },
    ])
    expect(infos).toBeGreaterThan(15)
    expect(infos).toBeLessThanOrEqual(pings)
    expect((await count([{ id: 'east', options: {} }]))[0]).toBe(0)
  })
})
