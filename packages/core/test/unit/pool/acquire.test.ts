import { describe, expect, it } from 'vitest'
import {
  CommandAbortedError,
  ConfigurationError,
  GroupClosedError,
  LeaseReleasedError,
  NoEndpointAvailableError,
  PoolExhaustedError,
} from '../../../src/index.ts'
import { nothingLeft, settle, World } from '../group/world.ts'
import { ask, idOf, lease, pooled, poolOf } from './lease-bench.ts'

const noPool = { open: 0, idle: 0, lent: 0, waiting: 0 }

describe('a lease', () => {
  it('is a connected client of the active endpoint, which nobody else has until it is released', async () => {
    const world = await new World().start()
    expect(poolOf(world)).toEqual(noPool)
    const first = await lease(world)
    const second = await lease(world)
    expect([first.endpointId, second.endpointId]).toEqual(['east', 'east'])
    expect(idOf(first)).not.toBe(idOf(second))
    expect(poolOf(world)).toEqual({ open: 2, idle: 0, lent: 2, waiting: 0 })
    expect(world.state('east').inFlight).toBe(2)
    const id = idOf(first)
    first.release()
    expect(poolOf(world)).toEqual({ open: 2, idle: 1, lent: 1, waiting: 0 })
    const again = await lease(world)
    expect(idOf(again)).toBe(id)
    expect(pooled(world)).toHaveLength(2)
    again.release()
    second.release()
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('says so when it is ended twice, or used after its end; disposing of it after that is fine', async () => {
    const world = await new World().start()
    const released = await lease(world)
    released.release()
    const destroyed = await lease(world)
    destroyed.destroy()
    for (const [ended, word] of [
      [released, 'released'],
      [destroyed, 'destroyed'],
    ] as const) {
      for (const use of [() => ended.release(), () => ended.destroy(), () => ended.client]) {
        expect(use).toThrow(LeaseReleasedError)
        expect(use).toThrow(`was ${word} before`)
        expect(use).toThrow(expect.objectContaining({ code: 'LEASE_RELEASED', endpointId: 'east' }))
      }
      ended[Symbol.dispose]()
      await ended[Symbol.asyncDispose]()
    }
    expect(poolOf(world)).toEqual(noPool)
    await world.close()
  })

  it('is released by `using` and `await using`, and a second lease of the same connection is not touched by the first', async () => {
    const world = await new World({ pool: { max: 1 } }).start()
    const first = await lease(world)
    await first[Symbol.asyncDispose]()
    const second = await lease(world)
    await first[Symbol.asyncDispose]()
    first[Symbol.dispose]()
    expect(poolOf(world)).toMatchObject({ lent: 1, idle: 0 })
    second[Symbol.dispose]()
    expect(poolOf(world)).toMatchObject({ lent: 0, idle: 1 })
    await world.close()
  })

  it('that was destroyed is not lent again', async () => {
    const world = await new World({ pool: { max: 1 } }).start()
    const first = await lease(world)
    const id = idOf(first)
    const next = ask(world)
    first.destroy()
    await world.advance(5)
    expect(next.outcome).toBe('resolved')
    expect(idOf(next.value!)).not.toBe(id)
    await world.close()
  })

  it('whose connection was lost is not lent again, and releasing it is no error', async () => {
    const world = await new World().start()
    const held = await lease(world)
    world.east.killConnections()
    await world.advance(5)
    expect(poolOf(world)).toMatchObject({ open: 0, lent: 0 })
    held.release()
    expect(poolOf(world)).toMatchObject({ open: 0, idle: 0, lent: 0 })
    const next = settle((await lease(world)).client.send(['SET', 'k', 'v']))
    await world.advance(5)
    expect(next.value).toBe('OK')
    expect(world.switches).toEqual([])
    await world.close()
  })

  it('starts the group, and counts as a first command', async () => {
    const world = new World()
    world.east.setMode('hung')
    const asked = ask(world)
    expect(world.group.lifecycle).toBe('started')
    await world.advance(700)
    expect(asked.value?.endpointId).toBe('west')
    world.east.setMode('ok')
    await world.advance(3000)
    // Without a lease, the better endpoint would have been taken at once.
    expect(world.group.active).toBe('west')
    await world.close()
  })
})

describe('a pool', () => {
  it('never opens more than max connections, and lends first in, first out', async () => {
    const world = await new World({ pool: { max: 3 } }).start()
    const asked = Array.from({ length: 8 }, () => ask(world))
    await world.advance(10)
    expect(asked.map(({ outcome }) => outcome)).toEqual([...Array(3).fill('resolved'), ...Array(5).fill('pending')])
    expect(poolOf(world)).toEqual({ open: 3, idle: 0, lent: 3, waiting: 5 })
    expect(world.group.snapshot().waitingForLease).toBe(5)
    for (let served = 3; served < 8; served += 1) {
      asked[served - 3]!.value!.release()
      await world.advance(0)
      expect(asked.findIndex(({ outcome }) => outcome === 'pending')).toBe(served === 7 ? -1 : served + 1)
    }
    expect(pooled(world)).toHaveLength(3)
    await world.close()
  })

  it('connects at most twice at once', async () => {
    const world = await new World({ pool: { max: 10, min: 5 } }).start(1000)
    expect(pooled(world)).toHaveLength(5)
    world.east.slow(100)
    const asked = Array.from({ length: 10 }, () => ask(world))
    let most = 0
    for (let step = 0; step < 40; step += 1) {
      await world.advance(10)
      most = Math.max(most, pooled(world).length - poolOf(world).open)
    }
    expect(most).toBe(2)
    expect(asked.every(({ outcome }) => outcome === 'resolved')).toBe(true)
    await world.close()
  })

  it('keeps min connections to each endpoint that is up, and none to one that is not', async () => {
    const world = await new World({ pool: { min: 2 } }).start(1200)
    expect([pooled(world).length, pooled(world, 'west').length]).toEqual([2, 2])
    world.east.crash()
    await world.advance(3000)
    expect(pooled(world)).toHaveLength(0)
    const opened = world.of('connection-opened').filter(({ purpose }) => purpose === 'lease').length
    await world.advance(5000)
    expect(world.of('connection-opened').filter(({ purpose }) => purpose === 'lease')).toHaveLength(opened)
    world.east.restart()
    await world.advance(10_000)
    expect(pooled(world)).toHaveLength(2)
    await world.group.drain('west', { drainTimeout: 0 })
    await world.advance(5000)
    expect(pooled(world, 'west')).toHaveLength(0)
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('closes what was idle for idleTimeout, down to min', async () => {
    const world = await new World({ pool: { min: 1, idleTimeout: 1000 } }).start(1200)
    const held = [await lease(world), await lease(world), await lease(world)]
    for (const each of held) each.release()
    await world.advance(900)
    expect(pooled(world)).toHaveLength(3)
    // The one in use stays in use.
    const busy = await lease(world)
    await world.advance(1200)
    expect(poolOf(world)).toMatchObject({ open: 1, lent: 1 })
    busy.release()
    await world.advance(5000)
    expect(poolOf(world)).toMatchObject({ open: 1, idle: 1 })
    await world.close()
  })

  it.each([0, 200])(
    'with validateAfter %i asks a connection that was idle for so long, once, before it is lent',
    async (validateAfter) => {
      const world = await new World({ pool: { max: 1, validateAfter } }).start()
      const first = await lease(world)
      const id = idOf(first)
      first.release()
      await world.advance(300)
      world.east.slow(10)
      const before = world.clock.now()
      const second = await lease(world)
      expect(idOf(second)).toBe(id)
      expect(world.clock.now() - before).toBeGreaterThanOrEqual(10)
      expect(world.clock.now() - before).toBeLessThan(20)
      second.release()
      await world.close()
    },
  )

  it('replaces an idle connection that does not answer, without a strike', async () => {
    const world = await new World({ pool: { max: 1, validateAfter: 100 } }).start()
    const first = await lease(world)
    const id = idOf(first)
    first.release()
    pooled(world)[0]!.blackhole()
    await world.advance(200)
    const before = world.clock.now()
    const second = await lease(world)
    expect(idOf(second)).not.toBe(id)
    // PING has `health.timeout`.
    expect(world.clock.now() - before).toBeLessThan(510)
    expect(world.state('east')).toMatchObject({ state: 'up', strikes: 0 })
    expect(world.switches).toEqual([])
    await world.close()
  })
})

describe('a call that waits', () => {
  it('gives up after acquireTimeout, or its own timeout, with an error that says what to do, and leaves the queue', async () => {
    const world = await new World({ pool: { max: 1, acquireTimeout: 400 } }).start()
    const held = await lease(world)
    const patient = ask(world)
    const hasty = ask(world, { timeout: 100 })
    const instant = ask(world, { timeout: 0 })
    await world.advance(99)
    expect([patient.outcome, hasty.outcome, instant.outcome]).toEqual(['pending', 'pending', 'rejected'])
    await world.advance(2)
    expect(hasty.error).toSatisfy(PoolExhaustedError.isInstance)
    expect(hasty.error).toMatchObject({ code: 'POOL_EXHAUSTED', endpointId: 'east', max: 1, waiting: 1 })
    expect((hasty.error as Error).message).toMatch(/within 100 ms: all 1 .* the longest for 10\d ms.*pool\.max/)
    expect(poolOf(world).waiting).toBe(1)
    await world.advance(300)
    expect(patient.error).toSatisfy(PoolExhaustedError.isInstance)
    held.release()
    expect(poolOf(world)).toMatchObject({ idle: 1, waiting: 0 })
    await world.close()
  })

  it('ends at once when it is aborted, with the reason of the signal', async () => {
    const world = await new World({ pool: { max: 1 } }).start()
    const held = await lease(world)
    const abort = new AbortController()
    const asked = ask(world, { signal: abort.signal })
    const next = ask(world)
    await world.advance(10)
    abort.abort(new Error('mine'))
    await world.advance(0)
    expect(asked.error).toSatisfy(CommandAbortedError.isInstance)
    expect(asked.error).toMatchObject({ name: 'AbortError', maybeExecuted: false, cause: new Error('mine') })
    expect(poolOf(world).waiting).toBe(1)
    held.release()
    await world.advance(0)
    expect(next.outcome).toBe('resolved')
    const late = ask(world, { signal: abort.signal })
    await world.advance(0)
    expect(late.error).toMatchObject({ code: 'COMMAND_ABORTED', cause: new Error('mine') })
    await world.close()
  })

  it('is refused at once when maxWaiting wait already', async () => {
    const world = await new World({ pool: { max: 1, maxWaiting: 2 } }).start()
    await lease(world)
    const asked = [ask(world), ask(world), ask(world)]
    await world.advance(0)
    expect(asked.map(({ outcome }) => outcome)).toEqual(['pending', 'pending', 'rejected'])
    expect(asked[2]!.error).toSatisfy(PoolExhaustedError.isInstance)
    expect((asked[2]!.error as Error).message).toContain('pool.maxWaiting')
    await world.close()
  })

  it('waits for the group: it gets a connection of the new active endpoint, in its turn', async () => {
    const world = await new World({ pool: { max: 2 } }).start()
    const held = [await lease(world), await lease(world)]
    const asked = [ask(world), ask(world), ask(world)]
    world.east.crash()
    await world.advance(10)
    expect(world.group.active).toBe('west')
    expect(asked.map(({ value }) => value?.endpointId)).toEqual(['west', 'west', undefined])
    for (const each of held) each.release()
    await world.advance(10)
    expect(poolOf(world)).toMatchObject({ open: 0, lent: 0 })
    expect(asked[2]!.outcome).toBe('pending')
    asked[1]!.value!.release()
    await world.advance(0)
    expect(asked[2]!.value?.endpointId).toBe('west')
    await world.close()
  })

  it('waits for an endpoint as commands do, and says why there was none', async () => {
    const world = await new World({ selectionTimeout: 800, pool: { acquireTimeout: 50 } }).start()
    world.east.crash()
    world.west.crash()
    await world.advance(20)
    const asked = ask(world)
    await world.advance(790)
    expect(asked.outcome).toBe('pending')
    expect(world.group.snapshot().waitingForLease).toBe(1)
    await world.advance(20)
    expect(asked.error).toSatisfy(NoEndpointAvailableError.isInstance)
    expect((asked.error as NoEndpointAvailableError).causes).toMatchObject({ east: expect.stringContaining('refused') })
    const second = ask(world)
    await world.advance(10)
    world.west.restart()
    await world.advance(780)
    expect(second.value?.endpointId).toBe('west')
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('fails at once where selectionTimeout is 0, also when it had been waiting for a connection', async () => {
    const world = await new World({ selectionTimeout: 0, pool: { max: 1 } }).start()
    await lease(world)
    const waiting = ask(world)
    world.east.crash()
    world.west.crash()
    await world.advance(50)
    expect(waiting.error).toSatisfy(NoEndpointAvailableError.isInstance)
    const asked = ask(world)
    await world.advance(0)
    expect(asked.error).toSatisfy(NoEndpointAvailableError.isInstance)
    await world.close()
  })

  it('says what kept it where the endpoint accepts no connections', async () => {
    const world = await new World({ pool: { acquireTimeout: 1000 } }).start()
    world.east.setMode('tooManyConnections')
    const asked = ask(world)
    await world.advance(1010)
    expect(asked.error).toSatisfy(NoEndpointAvailableError.isInstance)
    expect(asked.error).toMatchObject({
      cause: expect.objectContaining({ message: expect.stringContaining('max number') }),
    })
    // Backed off, not hammered; and an endpoint that serves open connections is not left.
    expect(world.group.active).toBe('east')
    await world.close()
  })

  it.each([
    ['acquire.operation', { operation: 'append' }],
    ['acquire.zone', { zone: '' }],
    ['acquire.exclude', { exclude: 'east' }],
    ['acquire.exclude[0]', { exclude: [5] }],
    ['acquire.timeout', { timeout: -1 }],
    ['acquire.signal', { signal: {} }],
    ['acquire.zoned', { zoned: 'a' }],
  ])('with a wrong %s is refused', async (field, options) => {
    const world = await new World().start()
    const asked = ask(world, options as object)
    await world.advance(0)
    expect(asked.error).toSatisfy(ConfigurationError.isInstance)
    expect(asked.error).toMatchObject({ field })
    await world.close()
  })

  it('after close() rejects, as those do that wait then', async () => {
    const world = await new World({ pool: { max: 1 } }).start()
    await lease(world)
    const waiting = ask(world)
    const closed = world.close()
    expect(await closed).toEqual(nothingLeft)
    const late = ask(world)
    await world.advance(0)
    for (const { error } of [waiting, late]) expect(error).toSatisfy(GroupClosedError.isInstance)
  })
})
