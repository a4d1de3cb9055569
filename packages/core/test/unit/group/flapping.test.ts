import { describe, expect, it } from 'vitest'
import { nothingLeft, World } from './world.ts'

const HOUR_MS = 3_600_000

describe('an endpoint that flaps for an hour', () => {
  it.each([
    [2, 2],
    [10, 2],
    [30, 4],
    [60, 6],
    [120, 8],
    [300, 10],
  ])('hard, with a period of %d s, makes at most %d switches', async (periodSeconds, limit) => {
    const world = await new World({ historySize: 20_000 }, periodSeconds).start()
    await world.call(['GET', 'k'])
    const half = (periodSeconds * 1000) / 2
    // Within ten minutes, the quickest flapping has shown all that it can.
    for (let now = 0; now < (periodSeconds === 2 ? HOUR_MS / 6 : HOUR_MS); now += 2 * half) {
      world.east.crash()
      await world.advance(half)
      world.east.restart()
      await world.advance(half)
    }
    expect(world.switches.length).toBeLessThanOrEqual(limit)
    expect(world.switches.length).toBeGreaterThan(0)
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('makes no more switches in an idle group that never sent a command', async () => {
    const world = await new World().start()
    for (let now = 0; now < HOUR_MS / 4; now += 10_000) {
      world.east.crash()
      await world.advance(5000)
      world.east.restart()
      await world.advance(5000)
    }
    expect(world.switches.length + world.of('activated').length).toBeLessThanOrEqual(3)
    await world.close()
  })

  it('softly, one second hung and one well, makes at most two switches in five minutes', async () => {
    for (const withTraffic of [false, true]) {
      const world = await new World({}, `${withTraffic}`).start()
      await world.call(['GET', 'k'])
      if (withTraffic) world.traffic(50, 10)
      for (let now = 0; now < 300_000; now += 2000) {
        world.east.setMode('hung')
        await world.advance(1000)
        world.east.setMode('ok')
        await world.advance(1000)
      }
      expect(world.switches.length).toBeLessThanOrEqual(2)
      await world.close(100)
    }
  })

  it('softly, hung long enough to be left, is not moved back to before it has stopped', async () => {
    const world = await new World().start()
    await world.call(['GET', 'k'])
    world.traffic(50, 10)
    for (let now = 0; now < 300_000; now += 3000) {
      world.east.setMode('hung')
      await world.advance(1500)
      world.east.setMode('ok')
      await world.advance(1500)
    }
    expect(world.switches.map(({ type }) => type)).toEqual(['failover'])
    await world.advance(12_000)
    expect(world.group.active).toBe('east')
    await world.close(100)
  })

  it('does not matter while it is not in use', async () => {
    const world = await new World().start()
    await world.call(['GET', 'k'])
    for (let round = 0; round < 100; round += 1) {
      world.west.crash()
      await world.advance(3000)
      world.west.restart()
      await world.advance(3000)
    }
    expect(world.switches).toEqual([])
    await world.close()
  })
})

describe('failback', () => {
  it('comes after the grace, not before, and once', async () => {
    const world = await new World().start()
    await world.call(['GET', 'k'])
    world.east.crash()
    await world.advance(1000)
    world.east.restart()
    await world.clock.runUntil(() => world.state('east').state === 'up')
    const up = world.clock.now()
    await world.clock.runUntil(() => world.of('failback').length > 0)
    const waited = world.clock.now() - up
    expect(waited).toBeGreaterThanOrEqual(10_000)
    expect(waited).toBeLessThanOrEqual(11_300)
    await world.advance(60_000)
    expect(world.switches.map(({ type }) => type)).toEqual(['failover', 'failback'])
    await world.close()
  })

  it.each(['manual', 'never'] as const)('does not come by itself in mode %s', async (mode) => {
    const world = await new World({ failback: { mode } }).start()
    await world.call(['GET', 'k'])
    world.east.crash()
    await world.advance(1000)
    world.east.restart()
    await world.advance(120_000)
    expect(world.group.active).toBe('west')
    const moved = world.group.failback()
    moved.catch(() => {})
    await world.advance(100)
    if (mode === 'manual') await moved
    else await expect(moved).rejects.toMatchObject({ code: 'SWITCH_REFUSED' })
    expect(world.group.active).toBe(mode === 'manual' ? 'east' : 'west')
    await world.close()
  })

  it('prefers a stable second-best to an unstable best', async () => {
    const world = await new World({
      endpoints: [
        { id: 'east', weight: 3, options: {} },
        { id: 'north', weight: 2, options: {} },
        { id: 'west', weight: 1, options: {} },
      ],
    }).start()
    await world.call(['GET', 'k'])
    world.endpoint('north').crash()
    await world.advance(100)
    world.east.crash()
    await world.advance(1000)
    expect(world.group.active).toBe('west')
    world.endpoint('north').restart()
    for (let round = 0; round < 8; round += 1) {
      world.east.restart()
      await world.advance(4000)
      world.east.crash()
      await world.advance(1000)
    }
    expect(world.group.active).toBe('north')
    await world.close()
  })

  it('waits while the preferred endpoint fails probes, and for its grace with a grace of 0', async () => {
    const world = await new World({ failback: { grace: 0, minStay: 0 } }).start()
    await world.call(['GET', 'k'])
    world.east.crash()
    await world.advance(1000)
    world.east.restart()
    await world.advance(10_000)
    expect(world.group.active).toBe('east')
    await world.close()
  })
})
