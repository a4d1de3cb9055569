import { describe, expect, it } from 'vitest'
import {
  AmbiguousResultError,
  CommandAbortedError,
  CommandTimeoutError,
  ConfigurationError,
  type ExecuteOptions,
  GroupClosedError,
  NoEndpointAvailableError,
} from '../../../src/index.ts'
import type { ScriptedClient } from '../../../src/testing.ts'
import { nothingLeft, settle, World } from '../group/world.ts'
import { lease, poolOf } from './lease-bench.ts'

const run = (world: World, args: readonly string[], options?: ExecuteOptions) => {
  const seen: string[] = []
  const settled = settle(
    world.group.execute((client: ScriptedClient, { endpointId, attempt }) => {
      seen.push(`${endpointId} ${attempt}`)
      return client.send(args)
    }, options),
  )
  return Object.assign(settled, { seen })
}

const executed = (world: World, name: string) => world.adapter.log.filter(({ args }) => args[0] === name)

describe('execute', () => {
  it('runs the function on a leased client and passes its result on, whatever it returns', async () => {
    const world = await new World().start()
    const sent = run(world, ['SET', 'k', 'v'])
    const plain = settle(world.group.execute(({ endpointId }) => endpointId))
    await world.advance(5)
    expect([sent.value, plain.value]).toEqual(['OK', 'east'])
    expect(poolOf(world)).toMatchObject({ lent: 0 })
    await world.close()
  })

  it('passes on what the function throws, and keeps the connection', async () => {
    const world = await new World().start()
    const mine = new TypeError('mine')
    const thrown = settle(
      world.group.execute(
        () => {
          throw mine
        },
        { idempotent: true },
      ),
    )
    const rejected = settle(world.group.execute(() => Promise.reject(mine), { idempotent: true }))
    const replied = run(world, ['NONSENSE'], { idempotent: true })
    await world.advance(5)
    expect([thrown.error, rejected.error]).toEqual([mine, mine])
    expect((replied.error as Error).message).toContain('unknown command')
    expect(replied.seen).toHaveLength(1)
    expect(poolOf(world)).toMatchObject({ lent: 0, open: 3, idle: 3 })
    expect(world.of('retry')).toEqual([])
    await world.close()
  })

  it('after an ambiguous failure says that it may have executed, and does not run again', async () => {
    const world = await new World().start()
    await lease(world).then((held) => held.release())
    world.east.setMode('hung')
    const lost = run(world, ['SET', 'k', 'v'])
    await world.advance(10)
    world.east.crash()
    await world.advance(1000)
    expect(lost.error).toSatisfy(AmbiguousResultError.isInstance)
    expect(lost.error).toMatchObject({ maybeExecuted: true, endpointId: 'east', cause: expect.any(Error) })
    expect((lost.error as Error).message).toContain('{ idempotent: true }')
    expect(lost.seen).toEqual(['east 1'])
    await world.close()
  })

  it('wrapped by the function, a lost connection is told from an error of its own', async () => {
    const world = await new World().start()
    await lease(world).then((held) => held.release())
    world.east.setMode('hung')
    const lost = settle(
      world.group.execute((client) =>
        client.send(['SET', 'k', 'v']).catch((cause: unknown) => {
          throw new Error('my order failed', { cause })
        }),
      ),
    )
    await world.advance(10)
    world.east.crash()
    await world.advance(10)
    expect(lost.error).toSatisfy(AmbiguousResultError.isInstance)
    expect(lost.error).toMatchObject({ cause: { message: 'my order failed' } })
    await world.close()
  })

  it('runs an idempotent function again, on the endpoint that is active then', async () => {
    const world = await new World().start()
    await lease(world).then((held) => held.release())
    world.east.setMode('hung')
    const sent = run(world, ['SET', 'k', 'v'], { idempotent: true })
    await world.advance(10)
    world.east.crash()
    await world.advance(100)
    expect(sent.value).toBe('OK')
    expect(sent.seen).toEqual(['east 1', 'west 2'])
    expect(executed(world, 'SET').map(({ endpointId }) => endpointId)).toEqual(['west'])
    await world.close()
  })

  it('what failed before the function was called is waited out, also where it is not idempotent', async () => {
    const world = await new World().start()
    world.east.crash()
    world.west.crash()
    await world.advance(20)
    const sent = run(world, ['SET', 'k', 'v'])
    await world.advance(1000)
    expect(sent.seen).toEqual([])
    world.west.restart()
    await world.advance(1300)
    expect([sent.value, sent.seen]).toEqual(['OK', ['west 1']])
    await world.close()
  })

  it('a refused call is repeated only if the function is idempotent, since it may have sent more before', async () => {
    const world = await new World().start()
    world.east.setMode('readOnly')
    const once = run(world, ['SET', 'k', 'v'])
    const again = run(world, ['SET', 'k', 'v'], { idempotent: true })
    await world.advance(2000)
    expect((once.error as Error).message).toContain('READONLY')
    expect(once.seen).toEqual(['east 1'])
    expect(again.value).toBe('OK')
    expect(again.seen.at(-1)).toMatch(/^west/)
    await world.close()
  })

  it('gives up after three attempts, and after none where retry is false', async () => {
    for (const [retry, attempts] of [
      [{}, 3],
      [false, 1],
    ] as const) {
      const world = await new World({ retry, endpoints: [{ id: 'east', options: {} }] }).start()
      const sent = run(world, ['SET', 'k', 'v'], { idempotent: true })
      world.east.setMode('readOnly')
      await world.advance(3000)
      expect((sent.error as Error).message).toContain('READONLY')
      expect(sent.seen).toHaveLength(attempts)
      await world.close()
    }
  })

  it('keeps to the retry budget', async () => {
    const world = await new World({
      retry: { budget: 0, retryBurst: 1 },
      endpoints: [{ id: 'east', options: {} }],
    }).start()
    world.east.setMode('readOnly')
    const sent = Array.from({ length: 30 }, () => run(world, ['SET', 'k', 'v'], { idempotent: true }))
    await world.advance(500)
    const exhausted = sent.filter(({ error }) => (error as { retryBudgetExhausted?: true }).retryBudgetExhausted)
    expect(exhausted.length).toBeGreaterThan(20)
    expect(world.of('retry-budget-exhausted').length).toBe(exhausted.length)
    await world.close()
  })

  it('after its timeout ends the connection, and says that it may have executed', async () => {
    const world = await new World({ pool: { max: 1 } }).start()
    await lease(world).then((held) => held.release())
    world.east.slow(400)
    const sent = run(world, ['SET', 'k', 'v'], { timeout: 100, idempotent: true })
    await world.advance(99)
    expect(sent.outcome).toBe('pending')
    await world.advance(2)
    expect(sent.error).toSatisfy(CommandTimeoutError.isInstance)
    expect(sent.error).toMatchObject({ maybeExecuted: true, endpointId: 'east', timeoutMs: 100 })
    expect(sent.seen).toHaveLength(1)
    expect(poolOf(world)).toMatchObject({ open: 0, lent: 0 })
    expect(world.state('east')).toMatchObject({ state: 'up', strikes: 0 })
    await world.close()
  })

  it('whose time is up before it had a connection says why it had none', async () => {
    const world = await new World().start()
    world.east.crash()
    world.west.crash()
    await world.advance(20)
    const sent = run(world, ['SET', 'k', 'v'], { timeout: 100 })
    await world.advance(110)
    expect(sent.error).toSatisfy(NoEndpointAvailableError.isInstance)
    expect(sent.seen).toEqual([])
    await world.close()
  })

  it('whose time is up between two attempts says that the first may have executed', async () => {
    const world = await new World({ endpoints: [{ id: 'east', options: {} }] }).start()
    await lease(world).then((held) => held.release())
    world.east.setMode('hung')
    const sent = run(world, ['SET', 'k', 'v'], { timeout: 300, idempotent: true })
    await world.advance(10)
    world.east.crash()
    await world.advance(400)
    expect(sent.error).toSatisfy(AmbiguousResultError.isInstance)
    expect(sent.seen).toHaveLength(1)
    await world.close()
  })

  it('is aborted between two attempts, and says that the first may have executed', async () => {
    const world = await new World({ endpoints: [{ id: 'east', options: {} }] }).start()
    await lease(world).then((held) => held.release())
    world.east.setMode('hung')
    const abort = new AbortController()
    const sent = run(world, ['SET', 'k', 'v'], { signal: abort.signal, idempotent: true })
    await world.advance(10)
    world.east.crash()
    await world.advance(100)
    abort.abort()
    await world.advance(0)
    expect(sent.error).toMatchObject({ code: 'COMMAND_ABORTED', maybeExecuted: true })
    await world.close()
  })

  it('is aborted by its signal, while it waits and while it runs', async () => {
    const world = await new World({ pool: { max: 1 } }).start()
    const abort = new AbortController()
    const running = settle(world.group.execute(() => new Promise(() => {}), { signal: abort.signal }))
    await world.advance(5)
    const waiting = run(world, ['SET', 'k', 'v'], { signal: abort.signal })
    await world.advance(5)
    abort.abort(new Error('enough'))
    await world.advance(5)
    for (const { error } of [running, waiting]) expect(error).toSatisfy(CommandAbortedError.isInstance)
    expect(running.error).toMatchObject({ maybeExecuted: true, endpointId: 'east', cause: new Error('enough') })
    expect(waiting.error).toMatchObject({ maybeExecuted: false, endpointId: undefined, cause: new Error('enough') })
    expect(waiting.seen).toEqual([])
    expect(poolOf(world)).toMatchObject({ lent: 0, waiting: 0 })
    const next = run(world, ['SET', 'k', 'v'])
    await world.advance(5)
    expect(next.outcome).toBe('resolved')
    expect(await world.close()).toEqual(nothingLeft)
  })

  it.each([
    ['execute.fn', undefined, {}],
    ['execute.idempotent', () => 1, { idempotent: 'yes' }],
    ['execute.timeout', () => 1, { timeout: 0 }],
    ['execute.operation', () => 1, { operation: 'scan' }],
    ['execute.retries', () => 1, { retries: 5 }],
  ])('with a wrong %s is refused', async (field, fn, options) => {
    const world = await new World().start()
    const sent = settle(world.group.execute(fn as () => number, options as object))
    await world.advance(0)
    expect(sent.error).toSatisfy(ConfigurationError.isInstance)
    expect(sent.error).toMatchObject({ field })
    await world.close()
  })

  it('after close() rejects', async () => {
    const world = await new World().start()
    await world.close()
    const sent = run(world, ['GET', 'k'])
    await world.advance(0)
    expect(sent.error).toSatisfy(GroupClosedError.isInstance)
  })
})
