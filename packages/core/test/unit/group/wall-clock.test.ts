import { describe, expect, it } from 'vitest'
import { World } from './world.ts'

const HOUR_MS = 3_600_000

describe('a jump of the wall clock', () => {
  it.each([1, -1, 24 * 365])('of %d hours neither shortens nor lengthens the wait before a failback', async (hours) => {
    const world = await new World().start()
    await world.call(['GET', 'k'])
    world.east.crash()
    await world.advance(1000)
    world.east.restart()
    await world.clock.runUntil(() => world.state('east').state === 'up')
    await world.advance(5000)
    world.clock.jumpWallClock(hours * HOUR_MS)
    await world.advance(4500)
    expect(world.group.active).toBe('west')
    await world.advance(1800)
    expect(world.group.active).toBe('east')
    await world.close()
  })

  it.each([1, -1])('of %d hours in the middle of a hang leaves detection as it is', async (hours) => {
    const world = await new World().start()
    await world.call(['GET', 'k'])
    await world.advance(1234)
    world.east.setMode('hung')
    await world.advance(1500)
    world.clock.jumpWallClock(hours * HOUR_MS)
    const elapsed = await world.clock.runUntil(() => world.switches.length > 0)
    expect(1500 + elapsed).toBeLessThanOrEqual(3045)
    const [failover] = world.of('failover')
    expect(failover!.detectionMs).toBeGreaterThan(1000)
    expect(failover!.detectionMs).toBeLessThanOrEqual(3045)
    await world.close()
  })
})
