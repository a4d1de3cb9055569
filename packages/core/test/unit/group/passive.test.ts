import { describe, expect, it } from 'vitest'
import { nothingLeft, World } from './world.ts'

const probes = (world: World): number => world.events.filter(({ type }) => type === 'check-failed').length

describe('with health: false', () => {
  it('nothing is asked of an endpoint that is up', async () => {
    const world = await new World({ health: false }).start()
    await world.call(['GET', 'k'])
    const opened = world.of('connection-opened').length
    await world.advance(120_000)
    expect(world.of('connection-opened').length - opened).toBeLessThanOrEqual(2)
    expect(probes(world)).toBe(0)
    await world.close()
  })

  it('a crash is found by the application’s own connection, and the group moves', async () => {
    const world = await new World({ health: false }).start()
    world.traffic(100, 20)
    await world.advance(1000)
    world.east.crash()
    const elapsed = await world.clock.runUntil(() => world.group.active === 'west')
    expect(elapsed).toBeLessThan(5)
    world.east.restart()
    await world.advance(40_000)
    expect(world.group.active).toBe('east')
    world.stopTraffic()
    await world.advance(50)
    expect([world.pending, world.duplicates]).toEqual([0, 0])
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('a hang is found by silence, and what was in flight is settled', async () => {
    const world = await new World({ health: false }).start()
    world.traffic(100, 20)
    await world.advance(1000)
    world.east.setMode('hung')
    const elapsed = await world.clock.runUntil(() => world.group.active === 'west')
    expect(elapsed).toBeLessThanOrEqual(1600)
    world.stopTraffic()
    await world.advance(100)
    expect([world.pending, world.duplicates]).toEqual([0, 0])
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('all down recovers by itself', async () => {
    const world = await new World({ health: false }).start()
    await world.call(['GET', 'k'])
    world.east.crash()
    world.west.crash()
    await world.advance(30_000)
    const waiting = world.send(['GET', 'k'])
    world.west.restart()
    await world.advance(2000)
    expect(waiting.outcome).toBe('resolved')
    await world.close()
  })

  it('a server that accepts connections and refuses commands is not taken for well again', async () => {
    const world = await new World({ health: false, endpoints: [{ id: 'east', options: {} }] }).start()
    await world.call(['GET', 'k'])
    world.east.setMode('loading')
    const first = world.send(['SET', 'k', 'v'])
    await world.advance(20_000)
    expect(first.outcome).toBe('rejected')
    // Not up and down again all the time.
    expect(world.deaths).toBeLessThanOrEqual(2)
    const later = world.send(['SET', 'k', 'w'])
    world.east.setMode('ok')
    await world.advance(2000)
    expect(later.outcome).toBe('resolved')
    await world.close()
  })

  it('wrong passwords, kills and stalls are no outage', async () => {
    const world = await new World({ health: false }).start()
    world.traffic(100, 20)
    await world.advance(500)
    world.east.killConnections()
    await world.advance(500)
    world.clock.stall(3000)
    await world.advance(1000)
    expect([world.switches.length, world.deaths]).toEqual([0, 0])
    await world.close(100)
  })
})
