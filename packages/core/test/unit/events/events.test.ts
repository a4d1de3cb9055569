import { describe, expect, it } from 'vitest'
import type { FailoverEvent } from '../../../src/index.ts'
import { nothingLeft, World } from '../group/world.ts'

const failedOver = async (world: World): Promise<void> => {
  await world.start()
  await world.call(['GET', 'k'])
  world.east.crash()
  await world.advance(1000)
  world.east.restart()
  await world.advance(15_000)
}

describe('events', () => {
  it('have rising numbers, the name of the group, and each change once', async () => {
    const world = new World({ name: 'cache' })
    await failedOver(world)
    const { events } = world
    expect(events.length).toBeGreaterThan(10)
    for (const [at, event] of events.entries()) {
      expect(event.group).toBe('cache')
      if (at > 0) expect(event.seq).toBeGreaterThan(events[at - 1]!.seq)
    }
    const states = new Map<string, string>()
    for (const event of world.of('health-changed')) {
      expect(event.from).toBe(states.get(event.endpointId) ?? 'unknown')
      if (event.from === event.to) expect(event.reason).toBe('read-only')
      states.set(event.endpointId, event.to)
    }
    await world.close()
  })

  it('have the same numbers whether or not anybody listens to each probe', async () => {
    const numbers = async (listen: boolean): Promise<(readonly [number, string])[]> => {
      const world = new World()
      let heard = 0
      if (listen) for (const name of ['check-started', 'check-succeeded'] as const) world.group.on(name, () => heard++)
      await failedOver(world)
      expect(heard > 0).toBe(listen)
      await world.close()
      return world.group.history().map(({ seq, type }) => [seq, type])
    }
    expect(await numbers(false)).toEqual(await numbers(true))
  })

  it('tell of a failover after the change of health that caused it', async () => {
    const world = new World()
    await failedOver(world)
    const failover = world.of('failover')[0]!
    const death = world.of('health-changed').find(({ to }) => to === 'down')!
    expect(death.seq).toBeLessThan(failover.seq)
    expect(failover).toMatchObject({ from: 'east', to: 'west', reason: 'down', epoch: 2 })
    expect(failover.detectionMs).toBeLessThan(5)
    expect(world.of('failback')[0]).toMatchObject({
      from: 'west',
      to: 'east',
      reason: 'preferred-endpoint-stable',
      epoch: 3,
    })
    await world.close()
  })

  it('agree with a snapshot that a listener takes', async () => {
    const world = new World()
    const disagreements: unknown[] = []
    world.group.on('health-changed', ({ endpointId, to, generation, writable }) => {
      const { state, ...rest } = world.state(endpointId)
      if (state !== to || rest.generation !== generation || rest.writable !== writable) disagreements.push([to, state])
    })
    for (const name of ['failover', 'failback', 'activated'] as const)
      world.group.on(name, (event) => {
        const { active, epoch } = world.group.snapshot()
        if (active !== event.to || epoch !== event.epoch) disagreements.push([event, active, epoch])
      })
    await failedOver(world)
    expect(disagreements).toEqual([])
    await world.close()
  })

  it('replayed from nothing say who is active and how all are', async () => {
    for (let seed = 0; seed < 10; seed += 1) {
      const world = await new World({}, seed).start()
      await world.call(['GET', 'k'])
      const faults = ['crash', 'hung', 'readOnly', 'loading'] as const
      for (let round = 0; round < 4; round += 1) {
        const fault = faults[(seed + round) % faults.length]!
        if (fault === 'crash') world.east.crash()
        else world.east.setMode(fault)
        await world.advance(4000)
        world.east.restart()
        await world.advance(3000 + seed * 2000)
      }
      const view = { active: undefined as string | undefined, states: {} as Record<string, string>, epoch: 0 }
      for (const event of world.events) {
        if (event.type === 'endpoint-added') view.states[event.endpointId] = 'unknown'
        if (event.type === 'health-changed') view.states[event.endpointId] = event.to
        if (event.type === 'failover' || event.type === 'failback' || event.type === 'activated') {
          view.active = event.to
          view.epoch = event.epoch
        }
      }
      const { active, epoch, endpoints } = world.group.snapshot()
      expect(view).toEqual({ active, epoch, states: Object.fromEntries(endpoints.map(({ id, state }) => [id, state])) })
      await world.close()
    }
  })

  it('reach other listeners, and the group goes on, where one throws or rejects', async () => {
    const world = new World()
    const errors: unknown[] = []
    let seen = 0
    world.group.on('health-changed', () => {
      throw new Error('mine')
    })
    world.group.on('health-changed', (async () => {
      throw new Error('later')
    }) as () => void)
    world.group.on('health-changed', () => {
      seen += 1
    })
    world.group.on('error', ({ error }) => {
      errors.push(error.cause)
      throw new Error('an error listener that throws')
    })
    await failedOver(world)
    expect(world.group.active).toBe('east')
    expect(seen).toBe(world.of('health-changed').length)
    expect(errors.length).toBe(2 * seen)
    await world.close()
  })

  it('of type error need no listener', async () => {
    const world = await new World({
      selection: () => {
        throw new Error('strategy')
      },
    }).start()
    expect(world.of('error').length).toBeGreaterThan(0)
    expect(world.group.active).toBe('east')
    await world.close()
  })

  it('that listeners cause come behind, in order, for every listener', async () => {
    const world = await new World().start()
    await world.call(['GET', 'k'])
    const seen: number[] = []
    world.group.on('failover', () => void world.group.drain('east'))
    world.group.on('failover', () => void world.group.switchTo('west', { force: true }))
    for (const name of ['failover', 'pinned', 'drain-started', 'health-changed', 'endpoint-removed'] as const)
      world.group.on(name, ({ seq }) => seen.push(seq))
    world.east.crash()
    await world.advance(500)
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    expect(world.group.snapshot()).toMatchObject({ active: 'west', pinned: 'west' })
    expect(world.state('east').state).toBe('draining')
    await world.close()
  })

  it.each(['remove', 'close', 'drain', 'unpin'] as const)(
    '%s called in a listener does what it should',
    async (call) => {
      const world = await new World().start()
      await world.call(['GET', 'k'])
      world.traffic(50, 20)
      await world.advance(100)
      world.group.once('health-changed', () => {
        if (call === 'remove') void world.group.remove('east', { drainTimeout: 100 })
        else if (call === 'close') void world.group.close({ drainTimeout: 50 })
        else if (call === 'drain') void world.group.drain('west')
        else world.group.unpin()
      })
      world.east.crash()
      await world.advance(1000)
      world.stopTraffic()
      await world.advance(6000)
      expect(world.pending).toBe(0)
      expect(world.duplicates).toBe(0)
      expect(await world.close()).toEqual(nothingLeft)
    },
  )

  it('that were subscribed with once() can be unsubscribed with off()', async () => {
    const world = new World()
    let seen = 0
    const listener = (): void => {
      seen += 1
    }
    world.group.once('activated', listener).off('activated', listener)
    await world.start()
    expect(seen).toBe(0)
    world.group.once('health-changed', listener)
    world.east.crash()
    await world.advance(5000)
    expect(seen).toBe(1)
    await world.close()
  })

  it('can be iterated until the group is closed', async () => {
    const world = new World()
    const stream = world.group.events()
    const seen: FailoverEvent[] = []
    const reading = (async () => {
      for await (const event of stream) seen.push(event)
    })()
    await failedOver(world)
    await world.close()
    await reading
    expect(seen.map(({ type }) => type)).toContain('failover')
    expect(seen.map(({ seq }) => seq)).toEqual([...seen.map(({ seq }) => seq)].sort((a, b) => a - b))
    const after = await world.group.events().next()
    expect(after.done).toBe(true)
  })

  it('are remembered up to historySize', async () => {
    const world = new World({ historySize: 5 })
    await failedOver(world)
    expect(world.events).toHaveLength(5)
    await world.close()
    const none = new World({ historySize: 0 })
    await failedOver(none)
    expect(none.events).toHaveLength(0)
    await none.close()
  })

  it('do not come after close()', async () => {
    const world = new World()
    await failedOver(world)
    await world.close()
    const count = world.events.length
    world.east.crash()
    await world.advance(10_000)
    expect(world.events).toHaveLength(count)
  })
})
