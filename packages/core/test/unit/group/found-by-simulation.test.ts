import { describe, expect, it } from 'vitest'
import {
  AmbiguousResultError,
  type HealthCheck,
  type HealthCheckFunction,
  healthy,
  ping,
  setGet,
  unhealthy,
} from '../../../src/index.ts'
import { World } from './world.ts'

const THREE = [
  { id: 'east', weight: 3, options: {} },
  { id: 'west', weight: 2, options: {} },
  { id: 'north', weight: 1, options: {} },
]

describe('with health: false, where nothing is asked regularly', () => {
  it('an endpoint is not suspect for ever when the silent connection is gone that made it so', async () => {
    const world = await new World({ health: false }).start()
    await world.call(['GET', 'k'])
    const other = world.group.createRoute()
    await world.advance(10)
    for (const connection of world.east.connections) if (connection.purpose === 'data') connection.blackhole()
    const sent = world.send(['GET', 'k'], { route: other })
    await world.clock.runUntil(() => world.state('east').state === 'suspect')
    await world.group.closeRoute(other, { graceful: false })
    await world.advance(2000)
    expect(sent.outcome).toBe('rejected')
    expect(world.deaths).toBe(0)
    expect(world.state('east')).toMatchObject({ state: 'up', strikes: 0 })
    await world.close()
  })

  it('trouble with one endpoint takes no strike back from another one that is silent', async () => {
    const world = await new World({ health: false, endpoints: THREE }).start()
    await world.call(['GET', 'k'])
    world.east.setMode('hung')
    world.send(['GET', 'k'])
    await world.clock.runUntil(() => world.state('east').state === 'suspect')
    world.endpoint('north').killConnections()
    await world.advance(300)
    expect(world.state('east').state).toBe('suspect')
    await world.close()
  })

  it('an endpoint that takes writes again is noticed, though its monitor connection went dark while nothing was asked', async () => {
    const world = await new World({ health: false }).start()
    await world.call(['GET', 'k'])
    world.east.connections.find(({ purpose }) => purpose === 'monitor')!.blackhole()
    world.east.setMode('readOnly')
    await world.call(['SET', 'k', 'v'])
    expect(world.state('east')).toMatchObject({ state: 'up', writable: false })
    world.east.setMode('ok')
    await world.advance(10_000)
    expect(world.state('east')).toMatchObject({ state: 'up', writable: true })
    await world.close()
  })

  it('a hung server is found by silence as soon as before: the trial is no further strike', async () => {
    const world = await new World({ health: false }).start()
    await world.call(['GET', 'k'])
    world.east.setMode('hung')
    world.send(['GET', 'k'])
    const elapsed = await world.clock.runUntil(() => world.group.active === 'west')
    expect(elapsed).toBeGreaterThan(1400)
    expect(elapsed).toBeLessThanOrEqual(1600)
    await world.close()
  })

  it('a move to the second-best does not keep the best from being moved to after its grace', async () => {
    const failback = { grace: 10_000, graceMax: 60_000 }
    const world = await new World({ health: false, endpoints: THREE, failback }).start()
    await world.call(['GET', 'k'])
    // East dies twice while in use, west once: its grace is longer.
    for (let round = 0; round < 2; round += 1) {
      world.east.crash()
      await world.advance(1000)
      world.east.restart()
      if (round === 0) await world.clock.runUntil(() => world.group.active === 'east')
    }
    world.endpoint('west').crash()
    await world.advance(1000)
    world.endpoint('west').restart()
    await world.clock.runUntil(() => world.group.active === 'west')
    await world.clock.runUntil(() => world.group.active === 'east')
    await world.close()
  })
})

describe('a probe that is out when we end its connection ourselves', () => {
  it('is no strike: after a suspension, the endpoint is asked afresh', async () => {
    const check: HealthCheckFunction = async ({ command }) => ((await command(['PING'])) ? healthy() : unhealthy('no'))
    const world = await new World({ preset: 'fast', health: { check } }).start()
    await world.call(['GET', 'k'])
    world.east.slow(100)
    const isAsked = (): boolean =>
      world.east.connections.some(({ purpose, inFlight }) => purpose === 'monitor' && inFlight > 0)
    for (let suspension = 0; suspension < 5; suspension += 1) {
      await world.clock.runUntil(isAsked)
      world.clock.stall(6000)
    }
    await world.advance(2000)
    const refused = world.of('check-failed').filter(({ message }) => message.includes('destroyed'))
    expect(refused).toEqual([])
    expect([world.switches.length, world.deaths]).toEqual([0, 0])
    await world.close()
  })
})

describe('a declared idempotent write whose first attempt may have executed', () => {
  it('is not called unexecuted because a further attempt could not even wait', async () => {
    const world = await new World({ maxWaiting: 0, retry: { isIdempotent: () => true } }).start()
    await world.call(['GET', 'k'])
    for (const server of [world.east, world.west]) server.setMode('hung')
    const write = world.send(['SET', 'k', 'once'])
    await world.clock.runUntil(() => write.outcome !== 'pending')
    expect(write.error).toSatisfy(AmbiguousResultError.isInstance)
    for (const server of [world.east, world.west]) server.setMode('ok')
    await world.advance(10)
    expect(world.adapter.log.filter(({ args }) => args[2] === 'once')).toHaveLength(1)
    await world.close()
  })
})

describe('two probes that write and read back at the same time, one of them on a new connection', () => {
  it('do not take each other’s values for a sick server', async () => {
    const world = await new World({ health: { check: setGet(), freshProbeInterval: 1000 } }).start()
    for (const server of [world.east, world.west]) server.slow(150)
    await world.advance(400_000)
    expect([world.switches.length, world.deaths]).toEqual([0, 0])
    expect(world.of('check-failed')).toEqual([])
    await world.close()
  })
})

describe('a probe of several checks that is called off', () => {
  it('puts no further check to an endpoint that was removed meanwhile', async () => {
    const asked: string[] = []
    const hangs: HealthCheck = {
      name: 'hangs',
      governs: 'eligibility',
      check: () => new Promise<never>(() => {}),
    }
    const next: HealthCheck = {
      name: 'next',
      check: ({ endpoint }) => {
        asked.push(endpoint.id)
        return healthy()
      },
    }
    const world = new World({ health: { check: [ping(), hangs, next] } })
    const started: string[] = []
    world.group.on('check-started', ({ endpointId, check }) => void started.push(`${endpointId} ${check}`))
    await world.start()
    expect(started).toContain('east hangs')
    await world.group.remove('east', { drainTimeout: 0 })
    await world.advance(3000)
    expect(asked).not.toContain('east')
    expect(started).not.toContain('east next')
    expect(started).toContain('west next')
    await world.close()
  })
})

describe('the watch for silence, where our own loop is held up for less than counts as a stall', () => {
  it('does not count the time before a command was sent as its silence', async () => {
    const world = await new World({ preset: 'fast', health: { fall: 1 } }).start()
    await world.call(['GET', 'k'])
    for (let round = 0; round < 20; round += 1) {
      // At the moment when the loop goes on, late timers send commands, and nothing can have answered them yet.
      for (const delay of [10, 150, 290]) world.clock.setTimer(() => world.send(['GET', 'k']), delay)
      world.clock.stall(295)
      await world.advance(100 + 7 * round)
    }
    expect([world.switches.length, world.deaths]).toEqual([0, 0])
    expect(world.of('check-failed')).toEqual([])
    await world.close()
  })
})
