import { describe, expect, it } from 'vitest'
import { GroupClosedError, StartFailedError } from '../../../src/index.ts'
import { nothingLeft, settle, World } from './world.ts'

const three = [
  { id: 'east', weight: 3, options: {} },
  { id: 'north', weight: 2, options: {} },
  { id: 'west', weight: 1, options: {} },
]

describe('start', () => {
  it.each([
    ['one', ['east', 'north'], 'resolved'],
    ['one', ['east', 'north', 'west'], 'rejected'],
    ['majority', ['north'], 'resolved'],
    ['majority', ['north', 'west'], 'rejected'],
    ['all', [], 'resolved'],
    ['all', ['west'], 'rejected'],
    ['none', ['east', 'north', 'west'], 'resolved'],
  ] as const)('with policy %s and %j down is %s', async (policy, down, outcome) => {
    const world = new World({ endpoints: three, start: { policy, timeout: 3000 } })
    for (const id of down) world.endpoint(id).crash()
    const started = settle(world.group.start())
    await world.advance(2990)
    if (outcome === 'rejected') expect(started.outcome).toBe('pending')
    await world.advance(20)
    expect(started.outcome).toBe(outcome)
    if (outcome === 'rejected') {
      expect(started.error).toSatisfy(StartFailedError.isInstance)
      expect((started.error as Error).message).toContain('refused')
    }
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('with both up always takes the preferred one, and no switch follows', async () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const world = new World({}, seed)
      world.east.slow(seed % 10)
      world.west.slow((seed * 7) % 10)
      await world.start(200)
      expect(world.group.active).toBe('east')
      await world.call(['GET', 'k'])
      await world.advance(20_000)
      expect([world.switches.length, world.of('activated').length]).toEqual([0, 1])
      await world.close()
    }
  })

  it('takes the other when the preferred one is slow to show itself, and moves without grace before the first command', async () => {
    const world = new World()
    world.east.setMode('hung')
    const started = settle(world.group.start())
    await world.advance(400)
    expect(started.outcome).toBe('pending')
    await world.advance(150)
    expect(started.outcome).toBe('resolved')
    expect(world.group.active).toBe('west')
    world.east.setMode('ok')
    await world.advance(1500)
    expect(world.group.active).toBe('east')
    expect(world.switches).toEqual([])
    await world.close()
  })

  it('moves to a preferred endpoint by the rules of a failback once commands were sent', async () => {
    const world = new World()
    world.east.crash()
    await world.start(600)
    await world.call(['GET', 'k'])
    world.east.restart()
    await world.advance(8000)
    expect(world.group.active).toBe('west')
    await world.advance(8000)
    expect(world.group.active).toBe('east')
    expect(world.switches.map(({ type }) => type)).toEqual(['failback'])
    await world.close()
  })

  it('with all down fails in time, goes on looking, and serves when one comes up', async () => {
    const world = new World({ start: { timeout: 1000 } })
    world.east.crash()
    world.west.crash()
    const started = settle(world.group.start())
    const waiting = world.send(['GET', 'k'])
    await world.advance(1010)
    expect(started.error).toSatisfy(StartFailedError.isInstance)
    world.west.restart()
    await world.advance(1300)
    expect(waiting.outcome).toBe('resolved')
    expect(settle(world.group.start())).toBeDefined()
    await world.close()
  })

  it('called twice waits for the same', async () => {
    const world = new World()
    const both = [settle(world.group.start()), settle(world.group.start())]
    await world.advance(50)
    expect(both.map(({ outcome }) => outcome)).toEqual(['resolved', 'resolved'])
    expect(world.east.connections).toHaveLength(3)
    await world.close()
  })

  it('never takes a server that accepts and never answers', async () => {
    const world = new World({ start: { timeout: 5000 } })
    world.east.setMode('hung')
    world.west.setMode('hung')
    const started = settle(world.group.start())
    await world.advance(5010)
    expect(started.outcome).toBe('rejected')
    expect(world.group.active).toBeUndefined()
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('fails with a cause where connecting fails in a way that nobody knows', async () => {
    const world = new World({ endpoints: [{ id: 'east', options: {} }], start: { timeout: 5000 } })
    Object.assign(world.adapter, {
      createConnection: () => {
        throw new TypeError('Invalid URL redis://:sesame@host')
      },
    })
    const started = settle(world.group.start())
    await world.advance(5010)
    expect((started.error as Error).message).toContain('TypeError')
    expect((started.error as Error).message).not.toContain('sesame')
    expect(world.state('east').state).toBe('down')
    await world.close()
  })

  it('from start() to close() holds the process, and unref() lets it go', async () => {
    const world = new World()
    expect(world.clock.heldBy).toBe(0)
    await world.start()
    expect(world.clock.heldBy).toBe(1)
    world.group.unref()
    expect(world.clock.heldBy).toBe(0)
    expect(world.east.connections.every(({ isReferenced }) => !isReferenced)).toBe(true)
    world.group.ref()
    expect(world.clock.heldBy).toBe(1)
    world.east.crash()
    world.west.crash()
    await world.advance(5000)
    expect(world.clock.heldBy).toBe(1)
    await world.close()
    expect(world.clock.heldBy).toBe(0)
  })
})

describe('close', () => {
  const situations: Readonly<Record<string, (world: World) => Promise<void>>> = {
    'before start': async () => {},
    'during start': async (world) => {
      world.east.setMode('hung')
      world.west.setMode('hung')
      world.group.start().catch(() => {})
      world.send(['GET', 'k'])
      await world.advance(100)
    },
    'during a failover': async (world) => {
      await world.start()
      world.traffic()
      await world.advance(100)
      world.east.crash()
      await world.advance(0.15)
    },
    'during a probe': async (world) => {
      await world.start()
      world.east.setMode('hung')
      await world.advance(1300)
    },
    'during a connect': async (world) => {
      await world.start()
      world.east.slow(100)
      world.east.killConnections()
      await world.advance(150)
    },
    'while commands wait': async (world) => {
      await world.start()
      world.east.crash()
      world.west.crash()
      await world.advance(10)
      world.send(['SET', 'k', 'v'])
      world.send(['GET', 'k'])
    },
    'while commands are in flight': async (world) => {
      await world.start()
      world.east.setMode('hung')
      world.send(['SET', 'k', 'v'])
      world.send(['GET', 'k'])
    },
    'during a pause before a retry': async (world) => {
      await world.start()
      world.east.setMode('tooManyConnections')
      world.west.setMode('readOnly')
      world.east.setMode('readOnly')
      for (let n = 0; n < 10; n += 1) world.send(['SET', 'k', 'v'])
      await world.advance(1)
    },
    'during operator calls': async (world) => {
      await world.start()
      world.east.setMode('hung')
      world.send(['SET', 'k', 'v'])
      await world.advance(10)
      for (const call of [
        world.group.drain('east'),
        world.group.remove('east'),
        world.group.switchTo('west'),
        world.group.add({ id: 'north', options: {} }),
      ])
        call.catch(() => {})
    },
  }

  it.each(Object.keys(situations))('%s leaves nothing, and everything settles', async (situation) => {
    for (const drainTimeout of [0, 200]) {
      const world = new World()
      await situations[situation]!(world)
      expect(await world.close(drainTimeout)).toEqual(nothingLeft)
      expect(world.clock.pendingTurns).toBe(0)
    }
  })

  it('settles operator calls that wait', async () => {
    const world = await new World().start()
    world.east.setMode('hung')
    world.send(['SET', 'k', 'v'])
    await world.advance(10)
    const calls = [world.group.drain('east'), world.group.remove('west'), world.group.switchTo('west')].map(settle)
    const closed = settle(world.group.close({ drainTimeout: 20 }))
    await world.advance(30)
    expect(closed.outcome).toBe('resolved')
    expect(calls.every(({ outcome }) => outcome !== 'pending')).toBe(true)
  })

  it('waits for what is in flight, and gives up what is not answered in time', async () => {
    const world = await new World().start()
    world.east.slow(100)
    await world.call(['GET', 'k'])
    const answered = world.send(['SET', 'k', 'v'])
    await world.advance(10)
    const closed = settle(world.group.close({ drainTimeout: 1000 }))
    const late = world.send(['GET', 'k'])
    await world.advance(0)
    expect(late.error).toSatisfy(GroupClosedError.isInstance)
    await world.advance(200)
    expect(answered.outcome).toBe('resolved')
    expect(closed.outcome).toBe('resolved')
  })

  it('is idempotent, and every later call rejects with GroupClosedError', async () => {
    const world = await new World().start()
    const closed = [world.group.close(), world.group.close(), world.group[Symbol.asyncDispose]()].map(settle)
    await world.advance(10)
    expect(closed.map(({ outcome }) => outcome)).toEqual(['resolved', 'resolved', 'resolved'])
    const { group } = world
    for (const call of [
      () => group.start(),
      () => group.add({ id: 'x', options: {} }),
      () => group.remove('east'),
      () => group.update('east', { weight: 1 }),
      () => group.drain('east'),
      () => group.resume('east'),
      () => group.switchTo('west'),
      () => group.failback(),
    ])
      await expect(call()).rejects.toSatisfy(GroupClosedError.isInstance)
    expect(() => group.createRoute()).toThrow(GroupClosedError)
    expect((await world.call(['GET', 'k'])).error).toSatisfy(GroupClosedError.isInstance)
    expect(group.snapshot().lifecycle).toBe('closed')
  })

  it('aborts a check that is under way', async () => {
    let aborted = false
    const world = new World({
      health: {
        check: ({ signal }) =>
          new Promise((_, reject) =>
            signal.addEventListener('abort', () => {
              aborted = true
              reject(signal.reason)
            }),
          ),
      },
    })
    world.group.start().catch(() => {})
    await world.advance(10)
    expect(await world.close()).toEqual(nothingLeft)
    expect(aborted).toBe(true)
  })

  it('happens when the last client is closed', async () => {
    const world = await new World().start()
    const other = world.group.createRoute()
    await world.advance(10)
    await world.group.closeRoute(other, { graceful: true })
    expect(world.group.lifecycle).toBe('started')
    await world.group.closeRoute(world.route, { graceful: false })
    expect(world.group.lifecycle).toBe('closed')
    await world.advance(1)
    expect([world.clock.pendingTimers, world.clock.heldBy, world.east.connections.length]).toEqual([0, 0, 0])
  })
})
