import { describe, expect, it } from 'vitest'
import { NoEndpointAvailableError, SwitchRefusedError, UnknownEndpointError } from '../../../src/index.ts'
import { nothingLeft, settle, World } from './world.ts'

const startedAndUsed = async (options: ConstructorParameters<typeof World>[0] = {}): Promise<World> => {
  const world = await new World(options).start()
  await world.call(['GET', 'k'])
  return world
}

describe('add', () => {
  it('has the endpoint probed at once, and moves to it only by the rules', async () => {
    const world = await startedAndUsed()
    await world.group.add({ id: 'north', weight: 5, options: {} })
    await world.advance(20)
    expect(world.state('north').state).toBe('up')
    expect(world.group.active).toBe('east')
    await world.advance(15_000)
    expect(world.group.active).toBe('north')
    await world.close()
  })

  it('watches an endpoint that was down when it was added', async () => {
    const world = await startedAndUsed()
    world.endpoint('north').crash()
    await world.group.add({ id: 'north', weight: 5, options: {} })
    await world.advance(5000)
    expect(world.state('north').state).toBe('down')
    world.endpoint('north').restart()
    await world.advance(25_000)
    expect(world.group.active).toBe('north')
    await world.close()
  })

  it('refuses an id that is taken, and options that make no sense', async () => {
    const world = await startedAndUsed()
    await expect(world.group.add({ id: 'east', options: {} })).rejects.toMatchObject({ field: 'endpoint.id' })
    await expect(world.group.add({ id: 'x', weight: -1, options: {} })).rejects.toMatchObject({
      field: 'endpoint.weight',
    })
    expect(world.group.snapshot().endpoints).toHaveLength(2)
    await world.close()
  })
})

describe('remove', () => {
  it('of the active endpoint moves first, and lets what is in flight finish', async () => {
    const world = await startedAndUsed()
    world.east.slow(200)
    const write = world.send(['SET', 'k', 'v'])
    const removed = world.group.remove('east')
    await world.advance(10)
    expect(world.group.active).toBe('west')
    const next = await world.call(['SET', 'k', 'w'])
    expect(next.outcome).toBe('resolved')
    await world.advance(300)
    await removed
    expect(write.outcome).toBe('resolved')
    expect(world.east.connections).toHaveLength(0)
    expect(world.group.snapshot().endpoints.map(({ id }) => id)).toEqual(['west'])
    await world.close()
  })

  it('of the last endpoint makes commands wait, and adding one lets them go', async () => {
    const world = await startedAndUsed({ endpoints: [{ id: 'east', options: {} }] })
    const removed = world.group.remove('east')
    await world.advance(100)
    await removed
    expect(world.group.active).toBeUndefined()
    const waiting = world.send(['GET', 'k'])
    await world.group.add({ id: 'west', options: {} })
    await world.advance(20)
    expect(waiting.outcome).toBe('resolved')
    expect(world.group.active).toBe('west')
    const again = world.group.remove('west')
    await world.advance(100)
    await again
    const failed = await world.call(['GET', 'k'])
    expect(failed.error).toSatisfy(NoEndpointAvailableError.isInstance)
    await world.close()
  })

  it('and add of one id at the same time happen one after another', async () => {
    const world = await startedAndUsed()
    const results = [
      settle(world.group.remove('west')),
      settle(world.group.add({ id: 'west', options: {} })),
      settle(world.group.remove('west')),
      settle(world.group.remove('west')),
      settle(world.group.add({ id: 'north', options: {} })),
      settle(world.group.remove('north')),
    ]
    await world.advance(200)
    expect(results.map(({ outcome }) => outcome)).toEqual([
      'resolved',
      'resolved',
      'resolved',
      'rejected',
      'resolved',
      'resolved',
    ])
    expect(results[3]!.error).toSatisfy(UnknownEndpointError.isInstance)
    expect(world.west.connections).toHaveLength(0)
    expect(world.endpoint('north').connections).toHaveLength(0)
    expect(world.group.snapshot().endpoints.map(({ id }) => id)).toEqual(['east'])
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('and add, a thousand times, leave nothing behind', async () => {
    const world = await startedAndUsed()
    const timers = world.clock.pendingTimers
    for (let round = 0; round < 1000; round += 1) {
      const id = `n${round % 7}`
      const done = world.group.add({ id, weight: round % 5, options: {} }).then(() => world.group.remove(id))
      await world.advance(1)
      await done
    }
    await world.advance(100)
    expect(world.clock.pendingTimers).toBeLessThanOrEqual(timers + 2)
    expect(await world.close()).toEqual(nothingLeft)
  })
})

describe('update', () => {
  it('of the weight moves by the rules of a failback', async () => {
    const world = await startedAndUsed()
    await world.advance(20_000)
    await world.group.update('west', { weight: 9, options: undefined as never })
    await world.advance(1500)
    expect(world.group.active).toBe('west')
    expect(world.of('endpoint-updated')).toMatchObject([{ endpointId: 'west', weight: 9 }])
    await world.close()
  })

  it('of the options connects anew, and forgets what was known', async () => {
    const world = await startedAndUsed()
    await world.group.update('west', { options: { address: 'elsewhere' } })
    await world.advance(150)
    expect(world.west.connections).toHaveLength(0)
    expect(world.endpoint('elsewhere').connections.length).toBeGreaterThan(0)
    expect(world.state('west')).toMatchObject({ state: 'up', generation: 2 })
    await world.close()
  })

  it('refuses nonsense and unknown ids', async () => {
    const world = await startedAndUsed()
    await expect(world.group.update('west', { weight: Number.NaN })).rejects.toMatchObject({ field: 'endpoint.weight' })
    await expect(world.group.update('nowhere', { weight: 1 })).rejects.toSatisfy(UnknownEndpointError.isInstance)
    await world.close()
  })
})

describe('drain and resume', () => {
  it('move away without a failed command, and back', async () => {
    const world = await startedAndUsed()
    world.traffic(100, 50)
    await world.advance(500)
    const drained = world.group.drain('east')
    await world.advance(100)
    await drained
    expect(world.group.active).toBe('west')
    expect(world.state('east').state).toBe('draining')
    await world.advance(5000)
    await world.group.resume('east')
    await world.advance(20_000)
    expect(world.group.active).toBe('east')
    world.stopTraffic()
    await world.advance(10)
    expect(world.sent.every(({ outcome }) => outcome === 'resolved')).toBe(true)
    expect(world.of('drain-started')).toHaveLength(1)
    expect(world.of('drain-finished')).toMatchObject([{ endpointId: 'east', abandoned: 0 }])
    await world.close()
  })

  it('wait for what is in flight only as long as they are told', async () => {
    const world = await startedAndUsed()
    world.east.slow(400)
    const write = world.send(['SET', 'k', 'v'])
    const drained = world.group.drain('east', { drainTimeout: 100 })
    await world.advance(130)
    await drained
    expect(write.error).toMatchObject({ code: 'AMBIGUOUS_RESULT' })
    expect(world.of('drain-finished')).toMatchObject([{ abandoned: 1 }])
    await world.close()
  })

  it('tell of one drain once, however often it was asked for', async () => {
    const world = await startedAndUsed()
    const drained = Promise.all([world.group.drain('west'), world.group.drain('west')])
    await world.advance(100)
    await drained
    expect([world.of('drain-started').length, world.of('drain-finished').length]).toEqual([1, 1])
    await world.close()
  })
})

describe('switchTo', () => {
  it('probes, moves and pins: nothing moves back until unpin()', async () => {
    const world = await startedAndUsed()
    const switched = world.group.switchTo('west')
    await world.advance(50)
    await switched
    expect(world.group.snapshot()).toMatchObject({ active: 'west', pinned: 'west' })
    await world.advance(120_000)
    expect(world.group.active).toBe('west')
    world.group.unpin()
    await world.advance(2000)
    expect(world.group.active).toBe('east')
    expect(world.of('unpinned')).toMatchObject([{ endpointId: 'west', reason: 'operator' }])
    await world.close()
  })

  it('refuses an unhealthy or draining endpoint, and changes nothing then', async () => {
    const world = await startedAndUsed()
    world.west.setMode('hung')
    const refused = settle(world.group.switchTo('west'))
    await world.advance(1500)
    expect(refused.error).toSatisfy(SwitchRefusedError.isInstance)
    expect(world.group.snapshot()).toMatchObject({ active: 'east', pinned: undefined })
    world.west.setMode('ok')
    await world.advance(3000)
    const drained = world.group.drain('west')
    await world.advance(50)
    await drained
    await expect(world.group.switchTo('west')).rejects.toSatisfy(SwitchRefusedError.isInstance)
    await expect(world.group.switchTo('nowhere')).rejects.toSatisfy(UnknownEndpointError.isInstance)
    await world.close()
  })

  it('with force moves without asking, and an endpoint that is DOWN is left again at once', async () => {
    const world = await startedAndUsed()
    await world.group.switchTo('west', { force: true })
    expect(world.group.active).toBe('west')
    await world.group.switchTo('east', { force: true })
    world.west.crash()
    await world.advance(100)
    await world.group.switchTo('west', { force: true })
    await world.advance(10)
    expect(world.group.snapshot()).toMatchObject({ active: 'east', pinned: undefined })
    await world.close()
  })

  it('without a pin stays for the grace at least, even before the first command', async () => {
    const world = await new World().start()
    const switched = world.group.switchTo('west', { pin: false })
    await world.advance(150)
    await switched
    expect(world.group.snapshot()).toMatchObject({ active: 'west', pinned: undefined })
    await world.advance(4000)
    expect(world.group.active).toBe('west')
    await world.close()
  })

  it('to a pinned endpoint that fails later unpins and moves; the others stayed available', async () => {
    const world = await startedAndUsed()
    await world.group.switchTo('west', { force: true })
    world.west.crash()
    await world.advance(10)
    expect(world.group.snapshot()).toMatchObject({ active: 'east', pinned: undefined })
    expect(world.of('unpinned')).toMatchObject([{ endpointId: 'west', reason: 'failed' }])
    await world.close()
  })

  it('without a pin to another endpoint than the pinned one ends the pin', async () => {
    const world = await startedAndUsed()
    await world.group.switchTo('west', { force: true })
    await world.group.switchTo('east', { force: true, pin: false })
    expect(world.group.snapshot()).toMatchObject({ active: 'east', pinned: undefined })
    await world.close()
  })
})

describe('explain', () => {
  it('says for each endpoint why it is or is not eligible', async () => {
    const world = await startedAndUsed()
    expect(world.group.explain('east')).toContain('active')
    expect(world.group.explain('west')).toContain('eligible as the target')
    world.west.crash()
    await world.advance(100)
    expect(world.group.explain('west')).toContain('refused')
    expect(() => world.group.explain('nowhere')).toThrow(UnknownEndpointError)
    await world.close()
  })
})
