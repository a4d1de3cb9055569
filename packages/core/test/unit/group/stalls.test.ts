import { describe, expect, it } from 'vitest'
import { type HealthCheckFunction, healthy, setGet } from '../../../src/index.ts'
import { nothingLeft, type Options, World } from './world.ts'

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

  it.each([
    ['a check of two questions', { health: { check: setGet() } }],
    ['ping', {}],
  ])('that cover most of a probe again and again are no strike (%s)', async (_, options: Options) => {
    const world = await new World(options).start()
    await world.call(['GET', 'k'])
    // Two answers of 150 ms are well within the timeout of 500, but not with a stall of 400 ms between or after them.
    world.east.slow(150)
    for (let stall = 0; stall < 40; stall += 1) {
      world.clock.stall(400)
      await world.advance(60)
    }
    await world.advance(3000)
    expect([world.switches.length, world.deaths]).toEqual([0, 0])
    expect(world.of('check-failed')).toEqual([])
    expect(world.of('connection-closed')).toEqual([])
    await world.close()
  })

  it.each([130, 200, 265, 300])('of %d ms are no strike where a probe has 250 ms and needs two answers', async (ms) => {
    let isBusy = false
    const twice: HealthCheckFunction = async ({ command }) => {
      const first = command(['PING'])
      if (isBusy) world.clock.stall(ms)
      await first
      await command(['PING'])
      return healthy()
    }
    const world: World = new World({ preset: 'fast', health: { check: twice } }, ms)
    await world.start()
    await world.call(['GET', 'k'])
    isBusy = true
    await world.advance(60_000)
    expect(world.of('check-failed')).toEqual([])
    expect([world.switches.length, world.deaths]).toEqual([0, 0])
    isBusy = false
    expect(await world.close(100)).toEqual(nothingLeft)
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

  it.each([
    [300, 500, false, 3 * 3040],
    [300, 500, true, 3 * 1470],
    // Hardly ever a turn of the loop: only probes count then, and the first that fails is repeated.
    [400, 420, false, 3 * (3040 + 500)],
    [400, 420, true, 3 * (3040 + 500)],
  ])('do not hide a hang: %d ms every %d ms (traffic: %s)', async (stallMs, periodMs, withTraffic, boundMs) => {
    for (let seed = 0; seed < 5; seed += 1) {
      const world = await new World({}, seed).start()
      await world.call(['GET', 'k'])
      if (withTraffic) world.traffic(100, 20)
      const stallFor = async (ms: number): Promise<void> => {
        for (let passed = 0; passed < ms && world.switches.length === 0; passed += periodMs) {
          world.clock.stall(stallMs)
          await world.advance(periodMs - stallMs)
        }
      }
      await stallFor(5000 + seed * 1000)
      expect([world.switches.length, world.deaths]).toEqual([0, 0])
      const since = world.clock.now()
      world.east.setMode('hung')
      await stallFor(20_000)
      expect(world.switches).toHaveLength(1)
      expect(world.clock.now() - since).toBeLessThanOrEqual(boundMs + periodMs)
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
