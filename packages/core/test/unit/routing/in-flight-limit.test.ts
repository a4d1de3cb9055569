import { describe, expect, it } from 'vitest'
import {
  CommandAbortedError,
  CommandTimeoutError,
  NoEndpointAvailableError,
  roundRobin,
  WaitingQueueFullError,
} from '../../../src/index.ts'
import { UnconfirmedWrites } from '../../../src/routing/unconfirmed-writes.ts'
import { nothingLeft, type Options, type Sent, World } from '../group/world.ts'

const outcomes = (sent: readonly Sent[]): string[] => sent.map(({ outcome }) => outcome)
const started = (options: Options): Promise<World> => new World({ ...options }).start()
const reads = (world: World, count: number): Sent[] => Array.from({ length: count }, () => world.send(['GET', 'k']))

describe('with maxInFlight', () => {
  it('no more are in flight, the rest goes in its order as replies free places', async () => {
    const world = await started({ maxInFlight: 3 })
    const sent = Array.from({ length: 20 }, (_, n) => world.send(['SET', 'n', `${n}`]))
    const { current } = world.route
    expect(current!.inFlight).toBe(3)
    expect(world.group.snapshot().waiting).toBe(17)
    expect(world.route.take()).toBeUndefined()
    let most = 0
    while (outcomes(sent).includes('pending')) {
      await world.advance(0.1)
      most = Math.max(most, current!.inFlight)
    }
    expect(most).toBe(3)
    expect(new Set(outcomes(sent))).toEqual(new Set(['resolved']))
    const order = world.east.log.filter(({ args }) => args[1] === 'n').map(({ args }) => args[2])
    expect(order).toEqual(sent.map((_, n) => `${n}`))
    expect(world.route.take()).toBe(current)
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('beyond maxWaiting they are rejected at once', async () => {
    const world = await started({ maxInFlight: 2, maxWaiting: 3 })
    const sent = reads(world, 6)
    await world.advance(0)
    expect(sent[5]!.error).toSatisfy(WaitingQueueFullError.isInstance)
    await world.advance(100)
    expect(outcomes(sent)).toEqual([...new Array(5).fill('resolved'), 'rejected'])
    await world.close()
  })

  it('a timeout or a signal ends what waits, and it is never sent', async () => {
    const world = await started({ maxInFlight: 1 })
    world.east.setMode('hung')
    const first = world.send(['GET', 'k'])
    const controller = new AbortController()
    const late = world.send(['SET', 'n', 'late'], { limits: { timeout: 20 } })
    const aborted = world.send(['SET', 'n', 'aborted'], { limits: { signal: controller.signal } })
    controller.abort()
    await world.advance(30)
    expect(late.error).toSatisfy(CommandTimeoutError.isInstance)
    expect(aborted.error).toSatisfy(CommandAbortedError.isInstance)
    expect([late.error, aborted.error]).toMatchObject([{ maybeExecuted: false }, { maybeExecuted: false }])
    expect(world.group.snapshot().waiting).toBe(0)
    world.east.setMode('ok')
    await world.advance(100)
    expect(first.outcome).toBe('resolved')
    expect(world.east.log.filter(({ args }) => args[1] === 'n')).toEqual([])
    await world.close()
  })

  it('what waits behind a hung endpoint goes to the next one', async () => {
    const world = await started({ maxInFlight: 2 })
    world.east.setMode('hung')
    const sent = reads(world, 30)
    await world.clock.runUntil(() => !outcomes(sent).includes('pending'))
    expect(new Set(outcomes(sent))).toEqual(new Set(['resolved']))
    expect(world.group.active).toBe('west')
    await world.close()
  })

  it('only the time without an endpoint counts for selectionTimeout', async () => {
    const world = await started({ maxInFlight: 1, selectionTimeout: 20, health: false })
    world.east.setMode('hung')
    const first = world.send(['GET', 'k'])
    const waiting = world.send(['GET', 'k'])
    await world.advance(100)
    expect(outcomes([first, waiting])).toEqual(['pending', 'pending'])
    world.east.crash()
    world.west.crash()
    await world.advance(100)
    expect(waiting.error).toSatisfy(NoEndpointAvailableError.isInstance)
    await world.close()
  })

  it('commands that block take no place', async () => {
    const world = await started({ maxInFlight: 1 })
    world.east.setMode('hung')
    world.send(['WAIT', '1', '0'], { unit: 'blocking' })
    expect(world.route.current!.inFlight).toBe(1)
    expect(world.route.take()).toBe(world.route.current)
    world.east.setMode('ok')
    await world.advance(100)
    await world.close()
  })

  it('a write that waited and went to another endpoint is one that WAIT cannot vouch for', async () => {
    const world = await started({ maxInFlight: 1, selection: roundRobin() })
    const writes = new UnconfirmedWrites(world.route)
    expect(writes.areLeft).toBe(false)
    world.send(['GET', 'k'])
    const written = world.send(['SET', 'k', 'v'])
    await world.advance(100)
    expect(written.outcome).toBe('resolved')
    const isElsewhere = world.west.log.some(({ args }) => args[0] === 'SET')
    expect(isElsewhere).toBe(true)
    expect(writes.areLeft).toBe(true)
    await world.close()
  })

  it('a selectionTimeout of 0 fails what waits for a place as soon as there is no endpoint, not before', async () => {
    const world = await started({ maxInFlight: 1, selectionTimeout: 0 })
    world.east.setMode('hung')
    const [, waiting] = reads(world, 2)
    await world.advance(100)
    expect(waiting!.outcome).toBe('pending')
    world.east.crash()
    world.west.crash()
    await world.advance(100)
    expect(waiting!.error).toSatisfy(NoEndpointAvailableError.isInstance)
    await world.close()
  })
})
