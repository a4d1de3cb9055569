import { describe, expect, it } from 'vitest'
import { type AcquireOptions, roundRobin, type SelectionStrategy, spread } from '../../../src/index.ts'
import { type Options, World } from '../group/world.ts'
import { ask, lease, poolOf } from './lease-bench.ts'

const three: Options = {
  endpoints: [
    { id: 'east', weight: 3, zone: 'a', options: {} },
    { id: 'north', weight: 2, zone: 'b', options: {} },
    { id: 'west', weight: 1, zone: 'b', tags: { role: 'replica' }, options: {} },
  ],
}

const endpointOf = async (world: World, options?: AcquireOptions): Promise<string> => {
  const held = await lease(world, options)
  held.release()
  return held.endpointId
}

describe('with a sticky strategy, a lease', () => {
  it('without a wish comes from the active endpoint, also for reads, and also while a better one waits for its grace', async () => {
    const world = await new World(three).start()
    await lease(world).then((held) => held.release())
    world.east.crash()
    await world.advance(1000)
    world.east.restart()
    await world.advance(3000)
    expect([world.group.active, world.state('east').state]).toEqual(['north', 'up'])
    expect(await endpointOf(world)).toBe('north')
    expect(await endpointOf(world, { operation: 'read' })).toBe('north')
    await world.close()
  })

  it.each<[AcquireOptions, string]>([
    [{ zone: 'a' }, 'east'],
    [{ zone: 'b' }, 'north'],
    [{ zone: 'nowhere' }, 'east'],
    [{ exclude: ['east'] }, 'north'],
    [{ exclude: ['north'] }, 'east'],
    [{ exclude: ['east', 'north'] }, 'west'],
    [{ zone: 'b', exclude: ['north'] }, 'west'],
    [{ zone: 'b', exclude: ['north', 'west'] }, 'east'],
  ])('with %j comes from %s', async (options, expected) => {
    const world = await new World(three).start()
    expect(await endpointOf(world, options)).toBe(expected)
    await world.close()
  })

  it('excluding all waits, and fails in time', async () => {
    const world = await new World({ ...three, selectionTimeout: 100 }).start()
    const asked = ask(world, { exclude: ['east', 'north', 'west'] })
    await world.advance(110)
    expect(asked.error).toMatchObject({ code: 'NO_ENDPOINT_AVAILABLE' })
    await world.close()
  })

  it('for reads follows a strategy that sends reads elsewhere', async () => {
    const replicaForReads: SelectionStrategy = (candidates, { operation, preferred }) =>
      (operation === 'read' ? candidates.find(({ tags }) => tags.role === 'replica') : undefined) ?? preferred
    const world = await new World({ ...three, selection: replicaForReads }).start()
    expect(await endpointOf(world, { operation: 'read' })).toBe('west')
    expect(await endpointOf(world)).toBe('east')
    world.west.crash()
    await world.advance(100)
    expect(await endpointOf(world, { operation: 'read' })).toBe('east')
    await world.close()
  })

  it('for reads may come from an endpoint that refuses writes; for writes only where there is no other', async () => {
    const world = await new World(three).start()
    world.endpoint('north').setMode('readOnly')
    // Found out by a write.
    const refused = ask(world, { exclude: ['east', 'west'] })
    await world.advance(5)
    const execution = world.group.execute((client) => client.send(['SET', 'k', 'v']), { exclude: ['east', 'west'] })
    execution.catch(() => {})
    await world.advance(5)
    refused.value?.release()
    expect(world.state('north').writable).toBe(false)
    expect(await endpointOf(world, { exclude: ['east'] })).toBe('west')
    expect(await endpointOf(world, { exclude: ['east'], operation: 'read' })).toBe('north')
    expect(await endpointOf(world, { exclude: ['east', 'west'] })).toBe('north')
    await world.close()
  })

  it('never comes from an endpoint that is suspect while another is up, unless it is the active one', async () => {
    const world = await new World(three).start()
    world.endpoint('north').setMode('hung')
    await world.advance(1700)
    expect(world.state('north').state).toBe('suspect')
    expect(await endpointOf(world, { exclude: ['east'] })).toBe('west')
    expect(await endpointOf(world, { zone: 'b' })).toBe('west')
    await world.close()
  })
})

describe('with a spreading strategy, a lease', () => {
  it('comes from the endpoint that the strategy chooses for it, and not from whoever has one idle', async () => {
    const world = await new World({ ...three, selection: roundRobin() }).start()
    const ids: string[] = []
    for (let n = 0; n < 6; n += 1) ids.push(await endpointOf(world))
    expect(ids.slice(3)).toEqual(ids.slice(0, 3))
    expect(new Set(ids).size).toBe(3)
    await world.close()
  })

  it('whose endpoint has none left takes the first that any other gives back', async () => {
    const always = spread((candidates) => candidates[0])
    const world = await new World({ ...three, selection: always, pool: { max: 1 } }).start()
    const first = await lease(world)
    const other = await lease(world, { exclude: ['east'] })
    expect([first.endpointId, other.endpointId]).toEqual(['east', 'north'])
    const waiting = ask(world)
    await world.advance(5)
    expect(waiting.outcome).toBe('pending')
    expect(poolOf(world).waiting).toBe(1)
    other.release()
    await world.advance(0)
    expect(waiting.value?.endpointId).toBe('north')
    await world.close()
  })

  it('counts as load of its endpoint', async () => {
    const world = await new World({ ...three, selection: roundRobin() }).start()
    const held = [await lease(world), await lease(world), await lease(world)]
    expect(['east', 'north', 'west'].map((id) => world.state(id).inFlight)).toEqual([1, 1, 1])
    for (const each of held) each.release()
    await world.close()
  })
})
