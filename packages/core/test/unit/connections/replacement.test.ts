import { describe, expect, it } from 'vitest'
import { nothingLeft, World } from '../group/world.ts'

const openOf = (world: World, purpose: string) =>
  world.east.connections.filter((connection) => connection.isOpen && connection.purpose === purpose)

describe('one half-open data connection', () => {
  it('is replaced on the same endpoint, and its commands settle by class', async () => {
    const world = await new World().start()
    await world.call(['GET', 'k'])
    const lent = (await world.call(['GET', 'k'])) && world.route.current!.client.connectionId
    world.east.connections.find(({ id }) => id === lent)!.blackhole()
    const read = world.send(['GET', 'k'])
    const write = world.send(['SET', 'k', 'v'])
    const elapsed = await world.clock.runUntil(() => world.of('connection-replaced').length > 0)
    expect(elapsed).toBeLessThanOrEqual(5100)
    await world.advance(100)
    expect(read.outcome).toBe('resolved')
    expect(write.error).toMatchObject({ code: 'AMBIGUOUS_RESULT' })
    expect([world.switches.length, world.deaths]).toEqual([0, 0])
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('is replaced under steady traffic as well, and everything settles', async () => {
    const world = await new World().start()
    world.traffic(100, 20)
    await world.advance(500)
    world.east.connections.find(({ id }) => id === world.route.current!.client.connectionId)!.blackhole()
    await world.advance(5200)
    expect(world.of('connection-replaced')).toHaveLength(1)
    world.stopTraffic()
    await world.advance(200)
    expect([world.pending, world.switches.length, world.deaths, world.duplicates]).toEqual([0, 0, 0, 0])
    await world.close()
  })

  it('of one client of several does not disturb the others', async () => {
    const world = await new World().start()
    const other = world.group.createRoute()
    await world.advance(50)
    await world.call(['GET', 'k'], { route: other })
    world.traffic(100, 0)
    await world.advance(200)
    world.east.connections.find(({ id }) => id === other.current!.client.connectionId)!.blackhole()
    const stuck = world.send(['GET', 'k'], { route: other })
    await world.advance(5500)
    expect(stuck.outcome).toBe('resolved')
    expect([world.switches.length, world.deaths]).toEqual([0, 0])
    await world.close(100)
  })
})

describe('a half-open monitor connection', () => {
  it.each([true, false])('switches nothing (traffic: %s)', async (withTraffic) => {
    for (let seed = 0; seed < 10; seed += 1) {
      const world = await new World({}, seed).start()
      await world.call(['GET', 'k'])
      if (withTraffic) world.traffic(100, 20)
      await world.advance(300 + 170 * seed)
      for (const connection of openOf(world, 'monitor')) connection.blackhole()
      await world.advance(6000)
      expect([world.switches.length, world.deaths]).toEqual([0, 0])
      expect(world.state('east').state).toBe('up')
      await world.close(100)
    }
  })
})

describe('connections', () => {
  it('stay few: a monitor, one per client, one standby', async () => {
    const world = await new World().start(100)
    for (let round = 0; round < 5; round += 1) {
      world.traffic(50, 10)
      await world.advance(31_000)
      world.stopTraffic()
    }
    await world.advance(100)
    expect(world.east.connections).toHaveLength(3)
    expect(world.west.connections).toHaveLength(2)
    await world.close()
  })

  it('of an endpoint that was left live on until what is in flight has ended', async () => {
    const world = await new World().start()
    await world.call(['GET', 'k'])
    world.east.slow(300)
    const write = world.send(['SET', 'k', 'v'])
    await world.group.switchTo('west', { force: true })
    expect(world.group.active).toBe('west')
    await world.advance(400)
    expect(write.outcome).toBe('resolved')
    expect((await world.call(['SET', 'k', 'w'])).outcome).toBe('resolved')
    expect(world.west.valueOf('k')).toBe('w')
    await world.advance(100)
    expect(world.east.connections.length).toBeLessThanOrEqual(2)
    await world.close()
  })

  it('of an endpoint that was left are destroyed when it goes DOWN later', async () => {
    const world = await new World().start()
    await world.call(['GET', 'k'])
    world.east.setMode('hung')
    const write = world.send(['SET', 'k', 'v'])
    await world.group.switchTo('west', { force: true })
    await world.advance(5000)
    expect(world.state('east').state).toBe('down')
    expect(write.error).toMatchObject({ code: 'AMBIGUOUS_RESULT' })
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('that are reconfigured go to the new address, also when an older connect was under way', async () => {
    const world = await new World({ endpoints: [{ id: 'east', options: {} }] }).start()
    await world.call(['SET', 'k', 'old'])
    world.east.slow(200)
    world.east.killConnections()
    await world.advance(150)
    const updated = world.group.update('east', { options: { address: 'moved' } })
    await world.advance(2000)
    await updated
    expect((await world.call(['SET', 'k', 'new'])).outcome).toBe('resolved')
    expect(world.endpoint('moved').valueOf('k')).toBe('new')
    expect(world.east.connections).toHaveLength(0)
    await world.close()
  })
})

describe('a connection with a command that blocks', () => {
  it('may be silent for as long as it likes while the endpoint answers: no strike, no replacement', async () => {
    const world = await new World().start()
    await world.call(['GET', 'k'])
    world.east.slow(20)
    const pop = world.send(['BLPOP', 'list', '0'], { unit: 'blocking' })
    const carrier = () => world.east.connections.find(({ purpose, inFlight }) => purpose !== 'monitor' && inFlight > 0)
    await world.clock.runUntil(() => carrier() !== undefined)
    // As seen from here, a list that nobody pushes to is a server that says nothing.
    carrier()!.blackhole()
    world.east.setMode('ok')
    await world.advance(60_000)
    expect(pop.outcome).toBe('pending')
    expect(world.of('connection-replaced')).toEqual([])
    expect(world.of('health-changed').filter(({ from }) => from !== 'unknown')).toEqual([])
    await world.close()
    expect(pop.outcome).toBe('rejected')
  })
})
