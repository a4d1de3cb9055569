import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { ConfigurationError } from '../../../src/errors.ts'
import { type HealthCheck, type HealthCheckContext, healthy, unhealthy } from '../../../src/health/health-check.ts'
import { normalizeCheck, runCheck } from '../../../src/health/run-check.ts'
import { checkBench, errorOf, never } from './checks/check-bench.ts'

const custom = (check: (context: HealthCheckContext) => unknown): HealthCheck => ({
  name: 'custom',
  check: check as HealthCheck['check'],
})

describe('runCheck', () => {
  it('passes on what the check says, resolved or returned', async () => {
    const { run } = checkBench()
    expect(await run(custom(async () => healthy()))).toEqual({ result: { healthy: true } })
    expect(await run(custom(() => unhealthy('not a master')))).toEqual({
      result: { healthy: false, reason: 'not a master' },
    })
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('broken')
      },
      'Error: broken',
    ],
    ['rejects', () => Promise.reject(new Error('broken')), 'Error: broken'],
    [
      'throws nothing in particular',
      () => {
        throw undefined
      },
      'undefined',
    ],
    [
      'returns a thenable that throws',
      () => ({
        // biome-ignore lint/suspicious/noThenProperty: a hostile thenable is the point of this case
        then: () => {
          throw new Error('broken')
        },
      }),
      'Error: broken',
    ],
    ['returns true', () => true, 'returned true; it must return healthy()'],
    ['returns nothing', () => undefined, 'returned undefined'],
    ['returns a reply', async () => 'PONG', 'returned a value of type string'],
    ['returns an array', () => [], 'returned an array'],
    ['gives no reason', () => ({ healthy: false }), 'it must return healthy() or unhealthy(reason)'],
    [
      'returns an object that throws',
      () => ({
        get healthy() {
          throw new Error('broken getter')
        },
      }),
      'broken getter',
    ],
  ])('survives a check that %s', async (_, check, message) => {
    const { run, scope } = checkBench()
    expect(errorOf(await run(custom(check)))).toContain(message)
    expect(scope.size).toBe(0)
  })

  it('gives up on a check that never settles, and aborts its signal', async () => {
    const { run, clock, scope } = checkBench()
    let signal: AbortSignal | undefined
    const check = custom((context) => {
      signal = context.signal
      return never()
    })
    expect(await run(check, 250)).toEqual({ timedOut: true })
    expect(clock.now()).toBe(250)
    expect(signal!.reason).toMatchObject({ name: 'AbortError' })
    expect(scope.size).toBe(0)
  })

  it('ignores what comes after the time is up', async () => {
    const { run, clock } = checkBench()
    const late = custom(({ clock }) => new Promise((_, reject) => clock.setTimer(() => reject(new Error('late')), 400)))
    expect(await run(late, 100)).toEqual({ timedOut: true })
    await clock.advance(1_000)
    expect(clock.pendingTimers).toBe(0)
  })

  it('accepts an answer that arrived while our own event loop stood still', async () => {
    const { clock, surroundings, timers } = checkBench()
    const outcome = runCheck(
      custom(() => new Promise((resolve) => clock.scheduleIo(() => resolve(healthy()), 50))),
      surroundings(),
      100,
      timers,
    )
    clock.stall(5_000)
    await clock.advance(0)
    expect(await outcome).toEqual({ result: { healthy: true } })
  })

  it('gives commands the signal of the check, or the one they bring', async () => {
    const signals: (AbortSignal | undefined)[] = []
    const { run } = checkBench(async (_, options) => signals.push(options?.signal))
    const own = new AbortController().signal
    let signal: AbortSignal | undefined
    await run(
      custom(async (context) => {
        signal = context.signal
        await context.command(['PING'])
        await context.command(['PING'], { signal: own })
        return healthy()
      }),
    )
    expect(signals).toEqual([signal, own])
  })

  it('ends what a check has left behind: commands without an answer, and whatever hears of its signal, early or late', async () => {
    const rejected: unknown[] = []
    const { run } = checkBench(
      (_, options) =>
        new Promise((_resolve, reject) => {
          options?.signal?.addEventListener('abort', () => reject(options.signal?.reason))
        }),
    )
    let early: AbortSignal | undefined
    let context: HealthCheckContext | undefined
    await run(
      custom(async ({ signal }) => {
        early = signal
        return healthy()
      }),
    )
    await run(
      custom(async (given) => {
        context = given
        given.command(['PING']).catch((error: unknown) => rejected.push(error))
        return healthy()
      }),
    )
    await Promise.resolve()
    expect(early?.aborted).toBe(true)
    expect(context?.signal.aborted).toBe(true)
    await expect.poll(() => rejected).toMatchObject([{ name: 'AbortError' }])
    await run(
      custom(async (given) => {
        context = given
        return healthy()
      }),
    )
    expect(context?.signal.aborted).toBe(true)
  })

  it('sends nothing for a check whose time is up', async () => {
    const sent: unknown[] = []
    const { run, clock } = checkBench(async (args) => sent.push(args))
    let late: Promise<unknown> | undefined
    const check = custom(async ({ command, clock }) => {
      await new Promise<void>((resolve) => clock.setTimer(resolve, 200))
      late = command(['SET', 'k', 'v'])
      await late
      return healthy()
    })
    expect(await run(check, 100)).toEqual({ timedOut: true })
    await clock.advance(200)
    await expect(late).rejects.toMatchObject({ name: 'AbortError' })
    expect(sent).toEqual([])
  })

  it('ends with an outer signal, and leaves no listener on it', async () => {
    const { surroundings, timers, scope } = checkBench()
    const outer = new AbortController()
    const run = (check: HealthCheck) => runCheck(check, { ...surroundings(), signal: outer.signal }, 100, timers)
    expect(await run(custom(healthy))).toEqual({ result: { healthy: true } })
    expect(getEventListeners(outer.signal, 'abort')).toEqual([])
    const pending = run(custom(never))
    outer.abort(new Error('no longer needed'))
    expect(errorOf(await pending)).toContain('no longer needed')
    expect(errorOf(await run(custom(healthy)))).toContain('no longer needed')
    expect(getEventListeners(outer.signal, 'abort')).toEqual([])
    expect(scope.size).toBe(0)
  })
})

describe('normalizeCheck', () => {
  it('makes a check of a function, named after it', () => {
    const writable = () => healthy()
    expect(normalizeCheck(writable)).toEqual({ name: 'writable', check: writable })
    expect(normalizeCheck(() => healthy()).name).toBe('custom')
  })

  it('leaves a check as it is', () => {
    const check = custom(healthy)
    expect(normalizeCheck(check)).toBe(check)
  })

  it.each([
    ['health.check', null],
    ['health.check', 'ping'],
    ['health.check.name', { check: healthy }],
    ['health.check.check', { name: 'a' }],
    ['health.check.governs', { name: 'a', check: healthy, governs: 'everything' }],
    ['health.check.timeout', { name: 'a', check: healthy, timeout: 0 }],
    ['health.check.timeout', { name: 'a', check: healthy, timeout: Number.POSITIVE_INFINITY }],
  ])('refuses, naming %s: %o', (field, check) => {
    expect(() => normalizeCheck(check as HealthCheck)).toThrow(ConfigurationError)
    expect(() => normalizeCheck(check as HealthCheck)).toThrow(`${field} is`)
  })
})
