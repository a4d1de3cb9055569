import { describe, expect, it } from 'vitest'
import { settle, World } from './world.ts'

const ROUND_TRIP_MS = 20 // each answer, that to connecting included

describe('the first reply', () => {
  it('takes a connect, one probe and the command itself: nothing waits for a second connection or question', async () => {
    const world = new World()
    for (const endpoint of [world.east, world.west]) endpoint.slow(ROUND_TRIP_MS)
    const started = settle(world.group.start())
    const sent = world.send(['GET', 'k'])
    await world.clock.runUntil(() => sent.outcome !== 'pending')
    expect([started.outcome, sent.outcome]).toEqual(['resolved', 'resolved'])
    expect(sent.settledAt! - sent.at).toBeLessThan(3.5 * ROUND_TRIP_MS)
    await world.close()
  })

  it('comes over the connection of the first probe, and the monitor has one of its own soon after', async () => {
    const world = new World()
    await world.start(5)
    const first = world.east.connections[0]!
    expect(world.route.current?.id).toBe(world.of('connection-opened').find(isOf('east'))?.connectionId)
    await world.call(['GET', 'k'])
    await world.advance(45)
    expect(world.east.connections.map(({ purpose }) => purpose).toSorted()).toEqual(['data', 'monitor', 'probe'])
    first.blackhole()
    await world.advance(30_000)
    expect(world.state('east')).toMatchObject({ state: 'up', strikes: 0 })
    await world.close()
  })

  it('is not followed by any probe on the connection of the application', async () => {
    const world = await new World().start()
    const first = world.east.connections[0]!
    for (let i = 0; i < 50; i++) {
      await world.advance(97)
      expect(first.inFlight).toBe(0)
    }
    await world.close()
  })

  it('leaves the watching to a probe where the monitor cannot open a connection of its own', async () => {
    const world = new World()
    await world.start(3)
    world.east.setMode('refusing')
    await world.advance(300)
    expect(world.of('check-failed').some(isOf('east'))).toBe(true)
    await world.close()
  })

  it('does not come from a preferred endpoint whose first probe finds a replica', async () => {
    const world = new World()
    world.east.setMode('readOnly')
    world.west.slow(30)
    const written = world.send(['SET', 'k', 'v'])
    await world.start(200)
    expect(written.outcome).toBe('resolved')
    expect(world.group.active).toBe('west')
    expect(world.of('retry')).toEqual([])
    expect(world.of('activated')).toMatchObject([{ to: 'west' }])
    await world.close()
  })
})

const isOf =
  (id: string) =>
  ({ endpointId }: { readonly endpointId: string }): boolean =>
    endpointId === id
