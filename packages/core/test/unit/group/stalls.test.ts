import { describe, expect, it } from 'vitest'
import { nothingLeft, World } from './world.ts'

describe('stalls of our own event loop', () => {
  it.each([
    [300, false],
    [300, true],
    [1000, false],
    [1000, true],
    [3000, false],
    [3000, true],
  ])('of %d ms, twenty times (traffic: %s), switch nothing and take nothing DOWN', async (ms, withTraffic) => {
    for (const pause of [40, 180, 700, 1330]) {
      const world = await new World({}, `${ms} ${pause}`).start()
      await world.call(['GET', 'k'])
      if (withTraffic) world.traffic(100, 20)
      await world.advance(300)
      for (let stall = 0; stall < 20; stall += 1) {
        world.clock.stall(ms)
        await world.advance(pause)
      }
      await world.advance(3000)
      expect([world.switches.length, world.deaths]).toEqual([0, 0])
      expect(world.of('connections-refused')).toEqual([])
      expect(world.of('stall-ended').length).toBeGreaterThan(0)
      expect(await world.close(100)).toEqual(nothingLeft)
    }
  })

  it('of 3 s while a standby or a fresh probe connects refuse nobody', async () => {
    const world = await new World({}, 'connect').start()
    await world.call(['GET', 'k'])
    world.east.slow(100)
    for (let stall = 0; stall < 20; stall += 1) {
      world.east.connections.find(({ purpose }) => purpose !== 'monitor')?.blackhole()
      world.east.killConnections()
      await world.advance(60)
      world.clock.stall(3000)
      await world.advance(2000)
    }
    expect([world.switches.length, world.deaths, world.of('connections-refused').length]).toEqual([0, 0, 0])
    await world.close()
  })

  it.each([false, true])('do not hide a hang: 300 ms every 500 ms (traffic: %s)', async (withTraffic) => {
    for (let seed = 0; seed < 5; seed += 1) {
      const world = await new World({}, seed).start()
      await world.call(['GET', 'k'])
      if (withTraffic) world.traffic(100, 20)
      const stallFor = async (ms: number): Promise<void> => {
        for (let passed = 0; passed < ms && world.switches.length === 0; passed += 500) {
          world.clock.stall(300)
          await world.advance(200)
        }
      }
      await stallFor(5000 + seed * 1000)
      expect([world.switches.length, world.deaths]).toEqual([0, 0])
      const since = world.clock.now()
      world.east.setMode('hung')
      await stallFor(20_000)
      expect(world.switches).toHaveLength(1)
      expect(world.clock.now() - since).toBeLessThanOrEqual(3 * (withTraffic ? 1470 : 3040) + 500)
      expect(await world.close(100)).toEqual(nothingLeft)
    }
  })

  it('of more than 5 s have the monitors verify the endpoints on new connections', async () => {
    const world = await new World().start()
    await world.call(['GET', 'k'])
    await world.advance(1500)
    const monitor = world.east.connections.find(({ purpose }) => purpose === 'monitor')!
    const opened = world.of('connection-opened').length
    world.clock.stall(60_000)
    await world.advance(300)
    expect(monitor.isOpen).toBe(false)
    expect(
      world
        .of('connection-opened')
        .slice(opened)
        .map(({ purpose }) => purpose),
    ).toContain('monitor')
    expect([world.switches.length, world.deaths]).toEqual([0, 0])
    await world.close()
  })

  it('do not keep a dead process from being left at once', async () => {
    const world = await new World().start()
    await world.call(['GET', 'k'])
    world.clock.stall(2000)
    world.east.crash()
    const elapsed = await world.clock.runUntil(() => world.switches.length > 0)
    expect(elapsed).toBeLessThan(1)
    await world.close()
  })
})
