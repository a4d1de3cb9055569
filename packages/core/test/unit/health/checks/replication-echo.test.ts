import { describe, expect, it } from 'vitest'
import { type ReplicationEchoOptions, replicationEcho } from '../../../../src/health/checks/replication-echo.ts'
import { ping } from '../../../../src/index.ts'
import { nothingLeft, World } from '../../group/world.ts'

const INTERVAL_MS = 1100

/** `west` replicates from `east`, which is active, with the delay given. */
const replicating = async (delayMs: number, echo: ReplicationEchoOptions = {}): Promise<World> => {
  const world = new World({ health: { check: [ping(), replicationEcho(echo)] } })
  world.west.replicaOf(world.east, { delayMs })
  await world.start(100)
  await world.call(['GET', 'k'])
  await world.advance(3 * INTERVAL_MS)
  return world
}

const verdict = (world: World, endpointId = 'west') => world.group.explain(endpointId)

describe('replicationEcho', () => {
  it('passes a replica that gets writes in time, and finds out when it does not any more', async () => {
    const world = await replicating(5)
    expect(verdict(world)).not.toContain('not eligible')
    world.west.replication.setDelay(3000)
    await world.advance(3 * INTERVAL_MS)
    expect(verdict(world)).toContain('replicationEcho: a write to "east" had not arrived after 1000 ms')
    expect(world.state('west').state).toBe('up')
    world.west.replication.setDelay(5)
    await world.advance(4 * INTERVAL_MS)
    expect(verdict(world)).not.toContain('not eligible')
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('notices a link that is cut, and never speaks against the active endpoint', async () => {
    const world = await replicating(Number.POSITIVE_INFINITY, { maxLag: 200 })
    expect(verdict(world)).toContain('a write to "east" had not arrived after 200 ms')
    expect(world.state('east').state).toBe('up')
    expect(world.switches).toEqual([])
    await world.close()
  })

  it.each([
    ['dies', (world: World) => world.east.crash()],
    ['hangs', (world: World) => world.east.setMode('hung')],
  ])('does not blame a replica when its source %s: it is moved to', async (_how, fault) => {
    const world = await replicating(5)
    fault(world)
    await world.advance(10_000)
    expect(world.state('west').state).toBe('up')
    expect(verdict(world)).not.toContain('not eligible')
    expect(world.group.active).toBe('west')
    await world.close()
  })

  it('does not blame a replica for a fixed source that is down or takes no writes', async () => {
    const endpoints = ['east', 'west', 'south'].map((id) => ({ id, options: {} }))
    const world = new World({ endpoints, health: { check: [ping(), replicationEcho({ source: 'south' })] } })
    world.west.replicaOf(world.endpoint('south'))
    for (const mode of ['loading', 'readOnly', 'refusing', 'hung'] as const) {
      world.endpoint('south').setMode(mode)
      if (mode === 'loading') await world.start(100)
      if (mode === 'refusing') world.endpoint('south').crash()
      await world.advance(10_000)
      expect([mode, verdict(world)]).toEqual([mode, expect.not.stringContaining('not eligible: replicationEcho')])
    }
    await world.close()
  })

  it('passes primaries, which follow nobody, and writes nothing for them', async () => {
    const world = await new World({ health: { check: [ping(), replicationEcho()] } }).start(10_000)
    expect(verdict(world)).toContain('It is eligible as the target of a failover')
    expect(world.east.log.some(({ args }) => args[0] === 'SET')).toBe(false)
    await world.close()
  })

  it('says so where the source is no endpoint of the group', async () => {
    const world = await replicating(5, { source: 'nowhere' })
    expect(verdict(world)).toContain('There is no endpoint "nowhere" in the group')
    await world.close()
  })

  it.each([
    [{ maxLag: 0 }, 'replicationEcho.maxLag is 0'],
    [{ maxLag: 1000, timeout: 1000 }, 'replicationEcho.timeout is 1000'],
    [{ source: '' }, 'replicationEcho.source'],
    [{ key: '' }, 'replicationEcho.key'],
    [{ from: 'east' }, 'replicationEcho.from'],
  ])('refuses %j', (options, message) => {
    expect(() => replicationEcho(options as ReplicationEchoOptions)).toThrow(message)
  })
})

describe('a check that asks another endpoint', () => {
  it('is told of what it asks for, and what it says in vain counts for nothing', async () => {
    const world = new World({
      health: {
        check: async ({ peers, endpoint }) => {
          if (endpoint.id === 'east') return { healthy: true }
          const reply = await peers.command('east', ['PING'])
          return reply === 'PONG' ? { healthy: true } : { healthy: false, reason: String(reply) }
        },
      },
    })
    await world.start(5000)
    expect(world.state('west').state).toBe('up')
    world.east.crash()
    await world.advance(10_000)
    // A liveness check: an error of its own would have been a strike.
    expect(world.state('west')).toMatchObject({ state: 'up', strikes: 0 })
    expect(world.group.active).toBe('west')
    await world.close()
  })
})
