import { describe, expect, it } from 'vitest'
import { World } from '../group/world.ts'

const opensPerSecond = (world: World, id: string, from: number): number => {
  const failed = world.of('check-failed').filter((event) => event.endpointId === id && world.timeOf(event) >= from)
  return failed.length / ((world.clock.now() - from) / 1000)
}

describe('a password that was changed at run time', () => {
  it('is found by the fresh probe, is no outage, and the endpoint is no target', async () => {
    const world = await new World().start()
    world.traffic(50, 10)
    await world.advance(500)
    world.east.setMode('wrongPassword')
    world.west.setMode('wrongPassword')
    await world.advance(34_000)
    expect(
      world
        .of('connections-refused')
        .map(({ endpointId }) => endpointId)
        .sort(),
    ).toEqual(['east', 'west'])
    expect([world.switches.length, world.deaths]).toEqual([0, 0])
    expect(world.state('east')).toMatchObject({ state: 'up', acceptsConnections: false })
    world.stopTraffic()
    await world.advance(10)
    expect(world.sent.every(({ outcome }) => outcome === 'resolved')).toBe(true)
    await world.close()
  })

  it('makes the endpoint be left only when a data connection is lost', async () => {
    const world = await new World().start()
    await world.call(['GET', 'k'])
    world.east.setMode('wrongPassword')
    await world.advance(34_000)
    expect(world.group.active).toBe('east')
    world.east.connections.find(({ id }) => id === world.route.current!.client.connectionId)!.lose(new Error('reset'))
    // The standby takes over first.
    await world.advance(100)
    expect(world.group.active).toBe('east')
    world.east.connections.find(({ id }) => id === world.route.current!.client.connectionId)!.lose(new Error('reset'))
    await world.advance(100)
    expect(world.group.active).toBe('west')
    expect(world.of('failover')[0]).toMatchObject({ reason: 'connections-refused' })
    expect(world.deaths).toBe(0)
    await world.close()
  })

  it('makes the endpoint be left at once with evictOnConnectFailure', async () => {
    const world = await new World({ evictOnConnectFailure: true }).start()
    await world.call(['GET', 'k'])
    world.east.setMode('wrongPassword')
    await world.advance(34_000)
    expect(world.group.active).toBe('west')
    await world.close()
  })

  it('and corrected makes it a target again soon', async () => {
    const world = await new World().start()
    await world.call(['GET', 'k'])
    world.west.setMode('wrongPassword')
    await world.advance(34_000)
    expect(world.state('west').acceptsConnections).toBe(false)
    world.west.setMode('ok')
    await world.advance(34_000)
    expect(world.state('west').acceptsConnections).toBe(true)
    expect(world.of('connections-accepted')).toHaveLength(1)
    await world.close()
  })

  it.each([true, false])('does not become DOWN when a probe times out meanwhile (traffic: %s)', async (withTraffic) => {
    const world = await new World().start()
    await world.call(['GET', 'k'])
    if (withTraffic) world.traffic(50, 10)
    await world.advance(500)
    world.east.setMode('wrongPassword')
    world.west.setMode('wrongPassword')
    world.east.connections.find(({ purpose }) => purpose === 'monitor')!.blackhole()
    await world.advance(10_000)
    expect([world.switches.length, world.deaths]).toEqual([0, 0])
    await world.close(100)
  })

  it('is DOWN when no connection of ours is left', async () => {
    const world = await new World().start()
    world.traffic(50, 10)
    await world.advance(500)
    world.east.setMode('wrongPassword')
    world.east.killConnections()
    await world.advance(100)
    expect(world.group.active).toBe('west')
    expect(world.state('east').state).toBe('down')
    await world.close(100)
  })
})

describe('a connection limit', () => {
  it.each(['tooManyConnections', 'nameNotFound'] as const)(
    '(%s) leaves open connections in use and spins on nothing',
    async (mode) => {
      const world = await new World().start()
      world.traffic(50, 10)
      await world.advance(500)
      world.east.setMode(mode)
      const other = world.group.createRoute()
      const since = world.clock.now()
      let attempts = 0
      const { createConnection } = world.adapter
      Object.assign(world.adapter, {
        createConnection: (request: Parameters<typeof createConnection>[0]) => {
          attempts += request.endpointId === 'east' ? 1 : 0
          return createConnection(request)
        },
      })
      await world.advance(20_000)
      expect(attempts).toBeGreaterThan(0)
      expect(attempts / 20).toBeLessThanOrEqual(5)
      expect(opensPerSecond(world, 'east', since)).toBeLessThanOrEqual(5)
      expect([world.switches.length, world.deaths]).toEqual([0, 0])
      other.close(false)
      await world.close(100)
    },
  )
})

describe('a server that closes new connections without a word', () => {
  it('accepts no connections, and is not DOWN while an old one answers', async () => {
    const world = await new World().start()
    world.traffic(50, 10)
    await world.advance(500)
    world.east.setMode('closingNew')
    const busy = world.route.current!.client.connectionId
    const standby = world.east.connections.find(({ id, purpose }) => purpose !== 'monitor' && id !== busy)
    standby!.lose(new Error('reset'))
    await world.advance(1000)
    expect(world.of('connections-refused')).toMatchObject([{ endpointId: 'east', reason: 'connection-lost' }])
    await world.advance(10_000)
    expect([world.switches.length, world.deaths]).toEqual([0, 0])
    expect(world.state('east').acceptsConnections).toBe(false)
    expect(opensPerSecond(world, 'east', world.clock.now() - 10_000)).toBeLessThan(5)
    world.stopTraffic()
    await world.advance(10)
    expect(world.sent.every(({ outcome }) => outcome === 'resolved')).toBe(true)
    world.east.setMode('ok')
    await world.advance(34_000)
    expect(world.state('east')).toMatchObject({ state: 'up', acceptsConnections: true })
    await world.close()
  })

  it('is DOWN at once when its old connections are gone too', async () => {
    const world = await new World().start()
    await world.call(['GET', 'k'])
    world.east.setMode('closingNew')
    for (const connection of world.east.connections) connection.lose(new Error('reset'))
    await world.advance(100)
    expect(world.group.active).toBe('west')
    expect(world.of('failover')[0]).toMatchObject({ reason: 'down' })
    await world.close()
  })
})
