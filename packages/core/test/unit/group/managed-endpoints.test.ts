import { describe, expect, it } from 'vitest'
import { setGet } from '../../../src/index.ts'
import { ScriptedClientError } from '../../../src/testing.ts'
import { nothingLeft, type Options, World } from './world.ts'

const GRACE = 15_000

/** East looks after several servers by itself; west is one server. */
const mixed = (options: Options = {}): World =>
  new World({
    endpoints: [
      { id: 'east', weight: 2, options: { kind: 'managed' } },
      { id: 'west', weight: 1, options: {} },
    ],
    ...options,
  })

const started = async (options: Options = {}): Promise<World> => {
  const world = await mixed(options).start(200)
  await world.call(['GET', 'k'])
  return world
}

describe('an endpoint that looks after several servers by itself', () => {
  it('is left when its topology has been out of order for the grace, and not before', async () => {
    const world = await started()
    const since = world.clock.now()
    world.east.setTopology({ answering: 2, message: 'one primary is silent' })
    await world.advance(GRACE - 200)
    expect(world.switches).toEqual([])
    expect(world.state('east')).toMatchObject({ state: 'suspect', reason: 'topology-not-ok' })
    await world.clock.runUntil(() => world.switches.length > 0, 5000)
    // The grace counts from the first look that found it; the next look after it decides.
    expect(world.clock.now() - since).toBeGreaterThan(GRACE)
    expect(world.clock.now() - since).toBeLessThan(GRACE + 1100 + 2 * 220)
    expect(world.switches[0]).toMatchObject({ type: 'failover', from: 'east', to: 'west', reason: 'down' })
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('is not left for a promotion that ends within the grace, however often', async () => {
    const world = await started()
    for (let round = 0; round < 5; round += 1) {
      world.east.setTopology({ ok: false, message: 'cluster_state is fail' })
      await world.advance(GRACE - 1500)
      world.east.setTopology()
      await world.advance(3000)
      expect(world.state('east').state).toBe('up')
    }
    expect(world.switches).toEqual([])
    expect(world.deaths).toBe(0)
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('is not judged by lost connections, failing commands or silence of single commands', async () => {
    const world = await started()
    world.traffic()
    for (let round = 0; round < 20; round += 1) {
      world.east.killConnections()
      await world.advance(300)
    }
    world.east.setMode('loading')
    await world.advance(400)
    world.east.setMode('hung')
    await world.advance(2000)
    world.east.setMode('ok')
    await world.advance(1000)
    world.stopTraffic()
    await world.advance(500)
    expect(world.switches).toEqual([])
    expect(world.deaths).toBe(0)
    expect(world.duplicates).toBe(0)
    expect(world.state('east').state).toBe('up')
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('keeps its client while commands are silent, because other servers go on behind it', async () => {
    const world = await started({ connectionSilenceTimeout: 1000 })
    const clients = world.east.connections.filter(({ purpose }) => purpose === 'data')
    clients[0]?.blackhole()
    const silent = world.send(['GET', 'k'])
    await world.advance(8000)
    expect(world.of('connection-replaced')).toEqual([])
    expect(silent.outcome).toBe('pending')
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('gets another client at once when its client has ended', async () => {
    const world = await started()
    world.east.killConnections()
    const next = await world.call(['GET', 'k'])
    expect(next.outcome).toBe('resolved')
    expect(world.adapter.log.at(-1)).toMatchObject({ endpointId: 'east' })
    expect(world.switches).toEqual([])
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('gets a client again as soon as its servers have promoted another, whatever failed before', async () => {
    const world = await started()
    world.east.crash()
    await world.advance(8000)
    const waiting = world.send(['GET', 'k'])
    world.east.restart()
    await world.clock.runUntil(() => world.state('east').state === 'up', 10_000)
    await world.advance(50)
    expect(waiting.outcome).toBe('resolved')
    expect(world.switches).toEqual([])
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('that nobody answers for is DOWN after the grace and comes back by the usual rise', async () => {
    const world = await started({ failback: { mode: 'never' } })
    world.east.crash()
    await world.advance(GRACE - 200)
    expect(world.switches).toEqual([])
    await world.clock.runUntil(() => world.switches.length > 0, 5000)
    expect(world.state('east').state).toBe('down')
    world.east.restart()
    await world.clock.runUntil(() => world.state('east').state === 'up', 10_000)
    expect(world.of('health-changed').at(-1)).toMatchObject({ endpointId: 'east', from: 'down', to: 'up' })
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('that was never in order is DOWN at once, so that the start goes on with another', async () => {
    const world = mixed()
    world.east.setTopology({ ok: false, answering: 3, message: 'cluster_state is fail' })
    await world.start(300)
    expect(world.group.active).toBe('west')
    expect(world.state('east')).toMatchObject({ state: 'down', reason: 'topology-not-ok' })
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('may do with fewer primaries, and its own grace', async () => {
    const world = await new World({
      endpoints: [
        {
          id: 'east',
          weight: 2,
          options: { kind: 'managed' },
          health: { minHealthyPrimaries: 2, topologyGrace: 2000 },
        },
        { id: 'west', weight: 1, options: {} },
      ],
    }).start(200)
    await world.call(['GET', 'k'])
    world.east.setTopology({ answering: 2 })
    await world.advance(10_000)
    expect(world.state('east').state).toBe('up')
    world.east.setTopology({ answering: 1 })
    await world.advance(2000 + 1100 + 250)
    expect(world.group.active).toBe('west')
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('is put to the checks of the user as well, within the same grace', async () => {
    const world = await started({ health: { check: setGet() } })
    expect(world.group.snapshot().endpoints[0]?.probes.at(-1)?.ok).toBe(true)
    world.east.setMode('readOnly')
    await world.advance(5000)
    expect(world.state('east').state).toBe('suspect')
    expect(world.switches).toEqual([])
    await world.advance(GRACE)
    expect(world.group.active).toBe('west')
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('without active checks is looked at when the application meets trouble, and followed to its end', async () => {
    const world = await started({ health: false })
    world.east.setTopology({ ok: false, message: 'cluster_state is fail' })
    await world.advance(2 * GRACE)
    expect(world.state('east').state).toBe('up')
    world.east.killConnections()
    await world.advance(GRACE + 1000)
    expect(world.group.active).toBe('west')
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('is a target of a failover, and the one server is judged as ever', async () => {
    const world = await new World({
      endpoints: [
        { id: 'east', weight: 2, options: {} },
        { id: 'west', weight: 1, options: { kind: 'managed' } },
      ],
    }).start(200)
    await world.call(['GET', 'k'])
    world.east.crash()
    await world.advance(200)
    expect(world.switches[0]).toMatchObject({ type: 'failover', from: 'east', to: 'west' })
    expect((await world.call(['GET', 'k'])).outcome).toBe('resolved')
    expect(await world.close()).toEqual(nothingLeft)
  })
})

describe('an endpoint with several connections to one server', () => {
  it('lets the others finish when a command shows that one is gone, and waits for the confirmation', async () => {
    const world = await new World({
      endpoints: [
        { id: 'east', weight: 2, options: { kind: 'pool' } },
        { id: 'west', weight: 1, options: {} },
      ],
    }).start(200)
    const before = world.route.current
    world.east.slow(100)
    const other = world.send(['INCR', 'other'])
    const send = () => Promise.reject(new ScriptedClientError('lost', 'One of its connections was lost.'))
    const failed = world.route.run({ name: 'INCR', unit: 'command', readOnly: false, args: ['INCR', 'k'], send })
    await expect(failed).rejects.toMatchObject({ code: 'AMBIGUOUS_RESULT' })
    expect(world.route.current).toBeUndefined()
    const next = world.send(['GET', 'other'])
    await world.advance(1000)
    expect(other.outcome).toBe('resolved')
    expect(next.outcome).toBe('resolved')
    expect(world.route.current).not.toBe(before)
    expect(before?.alive).toBe(false)
    expect(world.switches).toEqual([])
    expect(world.state('east').state).toBe('up')
    expect(await world.close()).toEqual(nothingLeft)
  })
})
