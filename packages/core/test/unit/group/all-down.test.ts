import { describe, expect, it } from 'vitest'
import { NoEndpointAvailableError, WaitingQueueFullError } from '../../../src/index.ts'
import { nothingLeft, World } from './world.ts'

const allCrashed = async (options: ConstructorParameters<typeof World>[0] = {}): Promise<World> => {
  const world = await new World(options).start()
  await world.call(['SET', 'k', 'v'])
  world.east.crash()
  world.west.crash()
  await world.advance(10)
  return world
}

describe('while all endpoints are down', () => {
  it('commands wait until selectionTimeout, and then say why for each endpoint', async () => {
    const world = await allCrashed()
    const sent = world.send(['SET', 'k', 'w'])
    await world.advance(4999)
    expect(sent.outcome).toBe('pending')
    await world.advance(2)
    expect(sent.error).toSatisfy(NoEndpointAvailableError.isInstance)
    expect(Object.keys((sent.error as NoEndpointAvailableError).causes)).toEqual(['east', 'west'])
    expect((sent.error as Error).message).toContain('refused')
    expect(world.of('all-down')).toHaveLength(1)
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('a selectionTimeout of 0 fails at once', async () => {
    const world = await allCrashed({ selectionTimeout: 0 })
    const sent = world.send(['GET', 'k'])
    await world.advance(0)
    expect(sent.error).toSatisfy(NoEndpointAvailableError.isInstance)
    await world.close()
  })

  it('no more than maxWaiting commands wait, over all clients', async () => {
    const world = await allCrashed({ maxWaiting: 3 })
    const other = world.group.createRoute()
    const sent = [0, 1, 2, 3].map((n) => world.send(['GET', 'k'], n % 2 === 0 ? {} : { route: other }))
    await world.advance(0)
    expect(sent.map(({ outcome }) => outcome)).toEqual(['pending', 'pending', 'pending', 'rejected'])
    expect(sent[3]!.error).toSatisfy(WaitingQueueFullError.isInstance)
    expect(world.group.snapshot().waiting).toBe(3)
    world.east.restart()
    await world.advance(2000)
    expect(sent.slice(0, 3).map(({ outcome }) => outcome)).toEqual(['resolved', 'resolved', 'resolved'])
    expect(world.group.snapshot().waiting).toBe(0)
    await world.close()
  })

  it('recovery wakes those that wait in their order, soon', async () => {
    const world = await allCrashed()
    const sent = Array.from({ length: 50 }, (_, n) => world.send(['SET', 'n', `${n}`]))
    await world.advance(2000)
    world.east.restart()
    const elapsed = await world.clock.runUntil(() => sent.every(({ outcome }) => outcome === 'resolved'))
    expect(elapsed).toBeLessThanOrEqual(700)
    const order = world.east.log.filter(({ args }) => args[1] === 'n').map(({ args }) => args[2])
    expect(order).toEqual(sent.map((_, n) => `${n}`))
    expect(world.of('recovered')).toHaveLength(1)
    await world.close()
  })

  it('commands that keep coming with a short time do not keep it from being probed', async () => {
    const world = await allCrashed({ selectionTimeout: 200 })
    await world.advance(60_000)
    world.east.restart()
    const since = world.clock.now()
    while (world.state('east').state !== 'up' && world.clock.now() - since < 10_000) {
      world.send(['GET', 'k'])
      await world.advance(250)
    }
    expect(world.clock.now() - since).toBeLessThanOrEqual(1500)
    await world.close()
  })

  it('the lower weight that recovers first serves, and the preferred one later takes over', async () => {
    const world = await allCrashed()
    world.west.restart()
    await world.advance(1500)
    expect(world.group.active).toBe('west')
    expect((await world.call(['GET', 'k'])).outcome).toBe('resolved')
    world.east.restart()
    await world.advance(30_000)
    expect(world.group.active).toBe('east')
    await world.close()
  })

  it('it recovers by itself after a long time', async () => {
    const world = await allCrashed()
    await world.advance(600_000)
    world.west.restart()
    await world.advance(1300)
    expect((await world.call(['GET', 'k'])).outcome).toBe('resolved')
    await world.close()
  })
})

describe('when no endpoint answers any more', () => {
  it.each([false, true])('our own network is suspected and nothing rotates (traffic: %s)', async (withTraffic) => {
    for (let seed = 0; seed < 5; seed += 1) {
      const world = await new World({}, seed).start()
      await world.call(['GET', 'k'])
      if (withTraffic) world.traffic(100, 20)
      await world.advance(500 + seed * 130)
      world.east.setMode('hung')
      world.west.setMode('hung')
      await world.advance(8000)
      expect(world.switches).toEqual([])
      expect(world.group.active).toBe('east')
      expect(world.of('observer-suspect').length).toBeGreaterThan(0)
      expect(
        world.sent
          .filter(({ at }) => at < world.clock.now() - 7500 && at > 0)
          .every(({ outcome }) => outcome !== 'pending'),
      ).toBe(true)
      world.east.setMode('ok')
      world.west.setMode('ok')
      await world.advance(2500)
      expect(world.group.active).toBe('east')
      expect((await world.call(['GET', 'k'])).outcome).toBe('resolved')
      expect(world.duplicates).toBe(0)
      expect(await world.close(100)).toEqual(nothingLeft)
    }
  })

  it('one that answers again takes over', async () => {
    const world = await new World().start()
    await world.call(['GET', 'k'])
    world.east.setMode('hung')
    world.west.setMode('hung')
    await world.advance(10_000)
    world.west.setMode('ok')
    const elapsed = await world.clock.runUntil(() => world.group.active === 'west')
    expect(elapsed).toBeLessThanOrEqual(2500)
    await world.close()
  })
})

describe('a single endpoint', () => {
  it('that crashes and returns serves again within a second and a half', async () => {
    const world = await new World({ endpoints: [{ id: 'east', options: {} }] }).start()
    await world.call(['GET', 'k'])
    world.east.crash()
    await world.advance(30_000)
    world.east.restart()
    const sent = world.send(['GET', 'k'])
    await world.advance(1500)
    expect(sent.outcome).toBe('resolved')
    expect(world.switches).toEqual([])
    await world.close()
  })

  it('that hangs has its commands settled within the bound, and serves when it resumes', async () => {
    const world = await new World({ endpoints: [{ id: 'east', options: {} }] }).start()
    await world.call(['GET', 'k'])
    world.east.setMode('hung')
    const write = world.send(['SET', 'k', 'once'])
    await world.advance(1500)
    expect(write.error).toMatchObject({ code: 'AMBIGUOUS_RESULT', maybeExecuted: true })
    world.east.setMode('ok')
    await world.advance(1500)
    expect((await world.call(['GET', 'k'])).value).toBe('once')
    expect(world.duplicates).toBe(0)
    await world.close()
  })
})
