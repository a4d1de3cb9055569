import { describe, expect, it } from 'vitest'
import {
  type Endpoint,
  healthy,
  leastInFlight,
  nearest,
  preferZone,
  random,
  roundRobin,
  type SelectionStrategy,
  spread,
  unhealthy,
  weighted,
  weightedByLatency,
} from '../../../src/index.ts'
import { nothingLeft, World } from './world.ts'

const servedBy = (world: World): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { endpointId } of world.adapter.log) counts[endpointId] = (counts[endpointId] ?? 0) + 1
  return counts
}

describe('a strategy of the user’s that misbehaves', () => {
  const stranger = { id: 'east' } as Endpoint
  const strategies: Readonly<Record<string, SelectionStrategy>> = {
    throws: () => {
      throw new Error('mine')
    },
    'returns a stranger': () => stranger,
    'returns nonsense': (() => 5) as unknown as SelectionStrategy,
    'returns a promise': (async () => undefined) as unknown as SelectionStrategy,
    'throws when prepared': {
      mode: 'spread',
      prepare: () => {
        throw new Error('mine')
      },
    },
    'prepares nonsense': { mode: 'sticky', prepare: (() => 5) as never },
    'throws for each command': spread(() => {
      throw new Error('mine')
    }),
    'finds none fit for each command': spread(() => undefined),
  }

  it.each(Object.keys(strategies))('(%s) loses nothing and is reported', async (name) => {
    const world = await new World({ selection: strategies[name]! }).start()
    world.traffic(100, 50)
    await world.advance(1000)
    world.east.crash()
    await world.advance(1000)
    world.stopTraffic()
    await world.advance(100)
    expect([world.pending, world.duplicates]).toEqual([0, 0])
    expect(world.sent.filter(({ outcome }) => outcome === 'rejected').length).toBeLessThanOrEqual(1)
    if (!name.startsWith('finds')) expect(world.of('error').length).toBeGreaterThan(0)
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('(finds none fit) makes commands wait, until it does', async () => {
    let fit = false
    const world = new World({ selection: (candidates) => (fit ? candidates[0] : undefined) })
    world.group.start().catch(() => {})
    const sent = world.send(['GET', 'k'])
    await world.advance(1000)
    expect(sent.outcome).toBe('pending')
    fit = true
    await world.advance(1500)
    expect(sent.outcome).toBe('resolved')
    await world.close()
  })
})

describe('a check of the user’s that misbehaves', () => {
  it.each<[string, () => unknown, string]>([
    [
      'throws',
      () => {
        throw new Error('mine')
      },
      'down',
    ],
    ['rejects', () => Promise.reject(new Error('mine')), 'down'],
    ['hangs', () => new Promise(() => {}), 'down'],
    ['returns nonsense', () => 'fine', 'down'],
    ['says no', () => Promise.resolve(unhealthy('too old')), 'down'],
    ['says yes', () => Promise.resolve(healthy()), 'up'],
  ])('(%s) neither stops the health loop nor hurts the others', async (_name, check, state) => {
    let broken = false
    const world = await new World({
      health: {
        check: {
          name: 'mine',
          check: async ({ endpoint }) => (broken && endpoint.id === 'east' ? ((await check()) as never) : healthy()),
        },
      },
    }).start()
    await world.call(['GET', 'k'])
    broken = true
    await world.advance(5000)
    expect(world.state('east').state).toBe(state)
    expect(world.group.active).toBe(state === 'up' ? 'east' : 'west')
    broken = false
    await world.advance(20_000)
    expect(world.state('east').state).toBe('up')
    expect(world.group.active).toBe('east')
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('an eligibility check that says no keeps an endpoint from being a target, and evicts nobody', async () => {
    const world = await new World({
      health: {
        check: [
          { name: 'alive', check: async () => healthy() },
          {
            name: 'mine',
            governs: 'eligibility',
            check: async ({ endpoint }) => (endpoint.id === 'west' ? unhealthy('stale') : healthy()),
          },
        ],
      },
    }).start()
    await world.call(['GET', 'k'])
    world.east.crash()
    await world.advance(1000)
    expect(world.group.active).toBe('east')
    expect(world.state('west').state).toBe('up')
    expect(world.group.explain('west')).toContain('stale')
    await world.close()
  })
})

const spreading: Readonly<Record<string, () => SelectionStrategy>> = {
  roundRobin,
  random,
  weighted,
  weightedByLatency,
  leastInFlight,
}

describe.each(Object.keys(spreading))('the spreading strategy %s', (name) => {
  it('serves from all, leaves out who is DOWN or held down, and repeats elsewhere', async () => {
    const world = await new World({ selection: spreading[name]!() }).start()
    world.traffic(200, 50)
    await world.advance(22_000)
    const before = servedBy(world)
    expect(Math.min(before.east!, before.west!)).toBeGreaterThan(500)
    world.east.crash()
    await world.advance(500)
    const crashed = servedBy(world).east!
    await world.advance(2000)
    expect(servedBy(world).east).toBe(crashed)
    world.east.restart()
    // Up again soon, but held down for its grace.
    await world.advance(9000)
    expect(world.state('east').state).toBe('up')
    expect(servedBy(world).east).toBe(crashed)
    await world.advance(25_000)
    expect(servedBy(world).east).toBeGreaterThan(crashed + 100)
    world.stopTraffic()
    await world.advance(20)
    expect(world.sent.filter(({ readOnly, outcome }) => readOnly && outcome !== 'resolved')).toEqual([])
    expect([world.pending, world.duplicates]).toEqual([0, 0])
    expect(await world.close()).toEqual(nothingLeft)
  })
})

describe('spreading', () => {
  it('leaves out who is suspect while another is up', async () => {
    const world = await new World({ selection: roundRobin() }).start()
    world.traffic(200, 0)
    await world.advance(1000)
    world.east.setMode('hung')
    await world.clock.runUntil(() => world.state('east').state === 'suspect')
    const inFlight = world.state('east').inFlight
    await world.advance(300)
    expect(world.state('east').inFlight).toBe(inFlight)
    await world.close()
  })

  it('goes round evenly when waiting commands are let go', async () => {
    const world = new World({ selection: roundRobin() })
    for (let n = 0; n < 40; n += 1) world.send(['SET', 'k', `${n}`])
    await world.start()
    await world.advance(50)
    for (let n = 0; n < 40; n += 1) world.send(['SET', 'k', `again ${n}`])
    await world.advance(50)
    const counts = servedBy(world)
    expect(counts.east! + counts.west!).toBe(80)
    expect(Math.abs(counts.east! - counts.west!)).toBeLessThanOrEqual(40)
    expect(world.pending).toBe(0)
    await world.close()
  })

  it('serves from a held-down endpoint rather than from none', async () => {
    const world = await new World({ selection: roundRobin() }).start()
    world.traffic(50, 0)
    world.east.crash()
    await world.advance(500)
    world.east.restart()
    await world.advance(3000)
    world.west.crash()
    await world.advance(100)
    expect((await world.call(['GET', 'k'])).outcome).toBe('resolved')
    await world.close(100)
  })
})

describe('sticky strategies', () => {
  it('preferZone stays in its own zone while it has an endpoint that is up', async () => {
    const world = await new World({
      selection: preferZone('b'),
      endpoints: [
        { id: 'east', weight: 2, zone: 'a', options: {} },
        { id: 'west', weight: 1, zone: 'b', options: {} },
      ],
    }).start(700)
    await world.call(['GET', 'k'])
    expect(world.group.active).toBe('west')
    world.west.crash()
    await world.advance(100)
    expect(world.group.active).toBe('east')
    world.west.restart()
    await world.advance(15_000)
    expect(world.group.active).toBe('west')
    expect(world.of('failback')[0]).toMatchObject({ reason: 'strategy' })
    await world.close()
  })

  it('nearest moves when another is much nearer, and not for noise', async () => {
    const world = await new World({ selection: nearest() }).start()
    await world.call(['GET', 'k'])
    await world.advance(20_000)
    expect(world.group.active).toBe('east')
    world.east.slow(100)
    await world.advance(20_000)
    expect(world.group.active).toBe('west')
    world.east.slow(1)
    await world.advance(60_000)
    expect(world.switches).toHaveLength(1)
    await world.close()
  })
})
