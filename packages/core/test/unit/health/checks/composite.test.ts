import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { type CompositePolicy, composite } from '../../../../src/health/checks/composite.ts'
import {
  type CheckResult,
  type HealthCheck,
  type HealthCheckContext,
  healthy,
  unhealthy,
} from '../../../../src/health/health-check.ts'
import { checkBench, errorOf, never } from './check-bench.ts'

/** Children that answer after a while, so that the order of answers is the test's to choose. */
const after = (
  ms: number,
  name: string,
  result: CheckResult | Error,
  more: Partial<HealthCheck> = {},
): HealthCheck => ({
  name,
  check: ({ clock }) =>
    new Promise((resolve, reject) =>
      clock.setTimer(() => (result instanceof Error ? reject(result) : resolve(result)), ms),
    ),
  ...more,
})
const good = (ms = 1) => after(ms, 'good', healthy())
const bad = (ms = 1) => after(ms, 'bad', unhealthy('says no'))
const failing = (ms = 1) => after(ms, 'failing', new Error('LOADING data'))
const hanging = (more: Partial<HealthCheck> = {}): HealthCheck => ({ name: 'hanging', check: never, ...more })

const YES = { result: { healthy: true } }
const NO = { result: { healthy: false, reason: 'bad: says no' } }
const NO_TWICE = { result: { healthy: false, reason: 'bad: says no; bad: says no' } }

describe('composite', () => {
  it.each<[CompositePolicy, HealthCheck[], object]>([
    ['all', [good(), good()], YES],
    ['all', [good(), bad()], NO],
    ['any', [good(), bad()], YES],
    ['any', [bad(), bad()], NO_TWICE],
    ['any', [failing(), good(5)], YES],
    ['majority', [good(), good(), bad()], YES],
    ['majority', [good(), bad(), bad()], NO_TWICE],
    ['majority', [good(), good(), failing()], YES],
    ['majority', [bad(), bad(), failing(5)], NO_TWICE],
    ['majority', [good(), bad()], NO],
    ['majority', [good()], YES],
  ])('%s of %o', async (policy, checks, outcome) => {
    const { run, clock } = checkBench()
    expect(await run(composite({ policy, checks }))).toEqual(outcome)
    await clock.advance(10)
    expect(clock.pendingTimers).toBe(0)
  })

  it.each<[CompositePolicy, HealthCheck[]]>([
    ['all', [failing(), good()]],
    ['any', [bad(), failing()]],
    ['majority', [good(), bad(), failing()]],
  ])('passes on the error of a child where its failure decides: %s', async (policy, checks) => {
    expect(errorOf(await checkBench().run(composite({ policy, checks })))).toContain('LOADING data')
  })

  it.each<[CompositePolicy, HealthCheck[], number]>([
    ['all', [bad(5), hanging()], 5],
    ['any', [good(7), hanging()], 7],
    ['majority', [good(1), hanging(), good(9)], 9],
    ['majority', [bad(1), hanging(), bad(9)], 9],
  ])('is decided as soon as the rest cannot change it, and aborts the rest: %s', async (policy, checks, ms) => {
    const { run, clock } = checkBench()
    const aborted: string[] = []
    const watched = checks.map((check) => ({
      ...check,
      check: (context: HealthCheckContext) => {
        const result = check.check(context)
        if (check.name === 'hanging') context.signal.addEventListener('abort', () => aborted.push(check.name))
        return result
      },
    }))
    await run(composite({ policy, checks: watched }))
    expect(clock.now()).toBe(ms)
    expect(aborted).toEqual(['hanging'])
    expect(clock.pendingTimers).toBe(0)
  })

  it('fails a child that hangs at its own timeout, as one strike', async () => {
    const { run, clock } = checkBench()
    const outcome = await run(composite({ policy: 'all', checks: [good(), hanging({ timeout: 50 })] }))
    expect(errorOf(outcome)).toContain('hanging did not answer within 50 ms')
    expect(clock.now()).toBe(50)
    expect(await run(composite({ policy: 'any', checks: [hanging({ timeout: 50 }), good(100)] }))).toEqual(YES)
  })

  it('is bounded by its own time where a child has none', async () => {
    const { run, clock } = checkBench()
    expect(await run(composite({ policy: 'all', checks: [good(), hanging()] }), 300)).toEqual({ timedOut: true })
    await clock.advance(1_000)
    expect(clock.now()).toBe(1_300)
    expect(clock.pendingTimers).toBe(0)
  })

  it.each<[string, () => unknown, string]>([
    [
      'throws at once',
      () => {
        throw new Error('sync')
      },
      'sync',
    ],
    ['returns nonsense', () => 42, 'must return healthy()'],
    ['resolves nothing', async () => undefined, 'must return healthy()'],
  ])('survives a child that %s', async (_, check, message) => {
    const broken = { name: 'broken', check: check as HealthCheck['check'] }
    expect(errorOf(await checkBench().run(composite({ policy: 'all', checks: [broken, good()] })))).toContain(message)
    expect(await checkBench().run(composite({ policy: 'any', checks: [broken, good()] }))).toEqual(YES)
  })

  it('nests', async () => {
    const { run } = checkBench()
    const pair = composite({ policy: 'any', checks: [bad(), good(5)] })
    expect(await run(composite({ policy: 'all', checks: [pair, good(), () => healthy()] }))).toEqual(YES)
    const refused = composite({ policy: 'all', checks: [bad()], name: 'inner' })
    expect(await run(composite({ policy: 'all', checks: [refused] }))).toEqual({
      result: { healthy: false, reason: 'inner: bad: says no' },
    })
  })

  it('leaves no listener on the signal of its run', async () => {
    const { run } = checkBench()
    let signal: AbortSignal | undefined
    const inner = composite({ policy: 'any', checks: [good(), hanging()] })
    const outer: HealthCheck = {
      name: 'outer',
      check: async (context) => {
        signal = context.signal
        const result = await inner.check(context)
        expect(getEventListeners(signal, 'abort')).toEqual([])
        return result
      },
    }
    expect(await run(outer)).toEqual(YES)
  })

  it('shows a capability where passing it proves one', () => {
    const able = after(1, 'able', healthy(), { capability: true })
    expect(composite({ policy: 'all', checks: [able, good()] }).capability).toBe(true)
    expect(composite({ policy: 'any', checks: [able, good()] }).capability).toBe(false)
    expect(composite({ policy: 'any', checks: [able, able] }).capability).toBe(true)
  })

  it('governs what its children govern, and must be told where they disagree', () => {
    const gate = after(1, 'gate', healthy(), { governs: 'eligibility' })
    expect(composite({ policy: 'all', checks: [gate, gate] }).governs).toBe('eligibility')
    expect(composite({ policy: 'all', checks: [good()] }).governs).toBe('liveness')
    expect(() => composite({ policy: 'all', checks: [gate, good()] })).toThrow('composite.governs')
    expect(composite({ policy: 'all', checks: [gate, good()], governs: 'eligibility' }).governs).toBe('eligibility')
  })

  it.each<[string, object]>([
    ['composite.checks is an array of 0', { policy: 'majority', checks: [] }],
    ['composite.checks is undefined', { policy: 'all' }],
    ['composite.checks[1] is a text, but must be', { policy: 'all', checks: [good(), 'ping'] }],
    ['composite.policy is "most"', { policy: 'most', checks: [good()] }],
    ['composite.policies is', { policy: 'all', checks: [good()], policies: [] }],
  ])('is refused at construction: %s', (message, options) => {
    expect(() => composite(options as never)).toThrow(`Invalid configuration: ${message}`)
  })
})
