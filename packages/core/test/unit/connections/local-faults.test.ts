import { describe, expect, it } from 'vitest'
import { World } from '../group/world.ts'

/** From now until the returned function is called, connecting fails for want of file descriptors. */
const exhaustFiles = (world: World): (() => void) => {
  const { createConnection } = world.adapter
  const failing = Object.assign(new Error('connect EMFILE'), { code: 'EMFILE' })
  Object.assign(world.adapter, {
    createConnection: (request: Parameters<typeof createConnection>[0]) =>
      Object.assign(createConnection(request), { connect: () => Promise.reject(failing) }),
  })
  return () => Object.assign(world.adapter, { createConnection })
}

describe('too many open files in our own process', () => {
  it('is no strike, no DOWN and no failover, and is told', async () => {
    const world = await new World().start()
    world.traffic(50, 10)
    await world.advance(500)
    const restore = exhaustFiles(world)
    world.east.connections
      .find(({ id }) => id === world.route.current!.client.connectionId)!
      .lose(new Error('the connection was lost'))
    await world.advance(40_000)
    expect([world.switches.length, world.deaths]).toEqual([0, 0])
    expect(world.of('observer-suspect').length).toBeGreaterThan(0)
    restore()
    await world.advance(2000)
    expect((await world.call(['GET', 'k'])).outcome).toBe('resolved')
    await world.close(100)
  })
})

describe('two endpoints that are one server', () => {
  it('are told of', async () => {
    const world = await new World({
      endpoints: [
        { id: 'east', options: { address: 'one' } },
        { id: 'west', options: { address: 'one' } },
      ],
    }).start()
    expect(world.of('same-server')).toMatchObject([{ endpointIds: ['east', 'west'] }])
    await world.close()
  })
})
