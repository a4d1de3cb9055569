import { ConfigurationError } from '../../errors.ts'
import { checkOneOf } from '../../options/validate.ts'
import type { Clock } from '../../runtime/clock.ts'
import { TimerScope } from '../../runtime/timer-scope.ts'
import {
  type CheckResult,
  type HealthCheck,
  type HealthCheckContext,
  type HealthCheckFunction,
  healthy,
  unhealthy,
} from '../health-check.ts'
import { type CheckOutcome, type CheckTimers, normalizeCheckAt, runCheck } from '../run-check.ts'
import { buildCheck, type CheckOptions, checkFields } from './check-options.ts'

export type CompositePolicy = 'all' | 'any' | 'majority'

export interface CompositeOptions extends CheckOptions {
  /** At least one. They start together; one with a `timeout` fails when that is up, the others have the composite's time. */
  readonly checks: readonly (HealthCheck | HealthCheckFunction)[]
  /** How many must pass: all of them, one of them, or more than half. */
  readonly policy: CompositePolicy
}

const NEEDED: Readonly<Record<CompositePolicy, (count: number) => number>> = {
  all: (count) => count,
  any: () => 1,
  majority: (count) => Math.floor(count / 2) + 1,
}

/**
 * Combines checks into one. It is decided as soon as the rest cannot change it, and the rest is aborted then.
 *
 * Resolves `unhealthy()`, which is conclusive, only if children that said no are enough to decide; if it takes children
 * that threw or ran out of time, it throws the first of their errors, which weighs what that error weighs: one strike for
 * a timeout. Composites nest.
 *
 * Shows a capability if all children do, or with policy `all` any. With children that govern different things, `governs`
 * must be given.
 *
 * @throws ConfigurationError if an option makes no sense, or there is no check
 */
export const composite = (options: CompositeOptions): HealthCheck => {
  checkFields('composite', options, ['checks', 'policy'])
  const policy = checkOneOf('composite.policy', options.policy, ['all', 'any', 'majority'])
  const children = normalizeChildren(options.checks)
  const isCapability = (child: HealthCheck): boolean => child.capability === true
  return buildCheck('composite', options, {
    name: `${policy}(${children.map(({ name }) => name).join(', ')})`.slice(0, 200),
    governs: options.governs ?? commonGoverns(children),
    ...commonRole(children),
    capability: policy === 'all' ? children.some(isCapability) : children.every(isCapability),
    check: (context) => combine(children, NEEDED[policy](children.length), context),
  })
}

const normalizeChildren = (checks: unknown): readonly HealthCheck[] => {
  if (!Array.isArray(checks) || checks.length === 0) {
    throw new ConfigurationError('composite.checks', checks, 'a list of at least one check')
  }
  return checks.map((check, index) => normalizeCheckAt(`composite.checks[${index}]`, check))
}

const commonGoverns = (children: readonly HealthCheck[]): 'liveness' | 'eligibility' => {
  const governed = new Set(children.map(({ governs = 'liveness' }) => governs))
  if (governed.size > 1) {
    throw new ConfigurationError(
      'composite.governs',
      undefined,
      '"liveness" or "eligibility", because its checks do not agree on it',
    )
  }
  return governed.has('eligibility') ? 'eligibility' : 'liveness'
}

const commonRole = (children: readonly HealthCheck[]): Pick<HealthCheck, 'expectsRole'> => {
  const [expected, ...others] = new Set(children.flatMap(({ expectsRole }) => expectsRole ?? []))
  return expected === undefined || others.length > 0 ? {} : { expectsRole: expected }
}

const combine = (children: readonly HealthCheck[], needed: number, context: HealthCheckContext): Promise<CheckResult> =>
  new Promise((resolve, reject) => {
    const rest = new AbortController()
    // The composite's own signal ends the children too, so its listener goes when the composite is decided.
    const onAbort = (): void => decide(() => reject(context.signal.reason))
    const decide = (settle: () => void): void => {
      context.signal.removeEventListener('abort', onAbort)
      settle()
      rest.abort()
    }
    context.signal.addEventListener('abort', onAbort, { once: true })

    const tolerated = children.length - needed
    const refusals: string[] = []
    const errors: unknown[] = []
    let passed = 0
    const timers = decisionTimers(context.clock)
    for (const child of children) {
      void runCheck(child, { ...context, signal: rest.signal }, child.timeout ?? Number.POSITIVE_INFINITY, timers).then(
        (outcome) => {
          if (rest.signal.aborted) return
          if (!('result' in outcome)) errors.push(errorOf(child, outcome))
          else if (outcome.result.healthy) passed += 1
          else refusals.push(`${child.name}: ${outcome.result.reason}`)
          if (passed >= needed) decide(() => resolve(healthy()))
          else if (refusals.length > tolerated) decide(() => resolve(unhealthy(refusals.join('; '))))
          else if (refusals.length + errors.length > tolerated) decide(() => reject(errors[0]))
        },
      )
    }
  })

const errorOf = (child: HealthCheck, outcome: Exclude<CheckOutcome, { result: CheckResult }>): unknown =>
  'error' in outcome ? outcome.error : new Error(`${child.name} did not answer within ${child.timeout} ms`)

const decisionTimers = (clock: Clock): CheckTimers => {
  const scope = new TimerScope(clock)
  return { setWindow: (windowMs, callback) => scope.setDecision(windowMs, callback) }
}
