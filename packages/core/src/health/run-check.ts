import { withoutText } from '../errors/shown-value.ts'
import { ConfigurationError } from '../errors.ts'
import { checkBoolean, checkFunction, checkNumber, checkOneOf, checkText } from '../options/validate.ts'
import type { Timer } from '../runtime/clock.ts'
import type { CheckResult, HealthCheck, HealthCheckContext, HealthCheckFunction } from './health-check.ts'

/** How one run of a check ended. */
export type CheckOutcome = { readonly result: CheckResult } | { readonly error: unknown } | { readonly timedOut: true }

/** What a check is run with. Its signal is made here; an outer `signal`, where there is one, ends the check early. */
export type CheckSurroundings = Omit<HealthCheckContext, 'signal'> & { readonly signal?: AbortSignal }

/** What limits a check's time, in a way that a reply which has already arrived still counts: see `StallDetector`. */
export interface CheckTimers {
  setWindow(windowMs: number, callback: () => void): Timer
}

/** The longest `timeout` of a check, in milliseconds. */
const MAX_TIMEOUT_MS = 600_000

/**
 * Makes a check of what the user gave: a plain function becomes a liveness check, named after the function.
 *
 * @throws ConfigurationError if it is neither a function nor a valid check
 */
export const normalizeCheck = (check: HealthCheck | HealthCheckFunction): HealthCheck =>
  normalizeCheckAt('health.check', check)

/** `normalizeCheck` with the field's name for the error. */
export const normalizeCheckAt = (field: string, check: HealthCheck | HealthCheckFunction): HealthCheck => {
  if (typeof check === 'function') return Object.freeze({ name: check.name === '' ? 'custom' : check.name, check })
  if (typeof check !== 'object' || check === null) {
    const shown = withoutText(check)
    throw new ConfigurationError(field, shown, 'a health check or a function (context) => Promise<CheckResult>')
  }
  checkText(`${field}.name`, check.name)
  checkFunction(`${field}.check`, check.check)
  if (check.governs !== undefined) checkOneOf(`${field}.governs`, check.governs, ['liveness', 'eligibility'])
  if (check.capability !== undefined) checkBoolean(`${field}.capability`, check.capability)
  if (check.expectsRole !== undefined) checkOneOf(`${field}.expectsRole`, check.expectsRole, ['master', 'replica'])
  if (check.timeout !== undefined) {
    checkNumber(`${field}.timeout`, check.timeout, { min: 1, max: MAX_TIMEOUT_MS, unit: 'milliseconds' })
  }
  return check
}

/**
 * Runs one check, whatever its author did: never rejects, settles by `timeoutMs` (`Infinity` for no limit of its own),
 * and leaves neither timer nor listener. The check's signal, where anything can see it, is aborted as soon as the outcome is
 * known; commands that it gives afterwards are not sent.
 */
export const runCheck = (
  check: HealthCheck,
  surroundings: CheckSurroundings,
  timeoutMs: number,
  timers: CheckTimers,
): Promise<CheckOutcome> =>
  new Promise((resolve) => {
    const { endpoint, clock, peers, signal: outer } = surroundings
    const controller = new AbortController()
    let timer: Timer | undefined
    let isOver = false
    // Aborting is dear, and most checks have nothing left by then that could notice.
    let isSignalSeen = false
    let unanswered = 0
    const settle = (outcome: CheckOutcome): void => {
      if (isOver) return
      isOver = true
      timer?.cancel()
      outer?.removeEventListener('abort', onOuterAbort)
      if (isSignalSeen || unanswered > 0) controller.abort()
      resolve(outcome)
    }
    const onOuterAbort = (): void => settle({ error: outer?.reason })
    if (outer?.aborted === true) return onOuterAbort()
    outer?.addEventListener('abort', onOuterAbort, { once: true })
    if (timeoutMs !== Number.POSITIVE_INFINITY) timer = timers.setWindow(timeoutMs, () => settle({ timedOut: true }))

    const command: HealthCheckContext['command'] = async (args, options) => {
      if (isOver) controller.abort()
      controller.signal.throwIfAborted()
      options?.signal?.throwIfAborted()
      unanswered++
      try {
        return await surroundings.command(args, { signal: options?.signal ?? controller.signal })
      } finally {
        unanswered--
      }
    }
    const context: HealthCheckContext = {
      endpoint,
      clock,
      peers,
      command,
      get signal() {
        isSignalSeen = true
        if (isOver) controller.abort()
        return controller.signal
      },
    }
    call(check, context).then(
      (returned) => settle(judge(check.name, returned)),
      (error: unknown) => settle({ error }),
    )
  })

const call = async (check: HealthCheck, context: HealthCheckContext): Promise<unknown> => check.check(context)

const judge = (name: string, returned: unknown): CheckOutcome => {
  try {
    if (isCheckResult(returned)) return { result: returned }
  } catch (error) {
    return { error }
  }
  return {
    error: new TypeError(
      `Health check "${name}" returned ${describe(returned)}; it must return healthy() or unhealthy(reason).`,
    ),
  }
}

/** Whether a value is a `CheckResult`; booleans are not, as it would be unclear what went wrong. */
export const isCheckResult = (value: unknown): value is CheckResult =>
  typeof value === 'object' &&
  value !== null &&
  'healthy' in value &&
  (value.healthy === true || (value.healthy === false && 'reason' in value && typeof value.reason === 'string'))

// Not the value itself: a check may return what it read, and that is nobody's business here.
const describe = (value: unknown): string => {
  if (value === null || value === undefined || typeof value === 'boolean') return String(value)
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`
}
