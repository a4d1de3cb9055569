import type { EndpointConfig } from '../endpoint/endpoint.ts'
import { withoutText } from '../errors/shown-value.ts'
import { ConfigurationError } from '../errors.ts'
import { ping } from '../health/checks/ping.ts'
import type { HealthCheck, HealthCheckFunction } from '../health/health-check.ts'
import { normalizeCheck } from '../health/run-check.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Random } from '../runtime/random.ts'
import type { PreparedStrategy, SelectionStrategy } from '../selection/selection-strategy.ts'
import { firstAvailable } from '../selection/strategies/first-available.ts'
import type { DetectorOptions, FailoverGroupOptions, HealthOptions, RetryOptions } from './group-options.ts'
import { type PoolSettings, resolvePool } from './pool-options.ts'
import type { DetectorSettings, FailbackSettings, PresetName } from './presets.ts'
import { presets } from './presets.ts'
import type { EndpointDefaults, ResolvedEndpoint } from './resolve-endpoint.ts'
import { resolveEndpoint } from './resolve-endpoint.ts'
import { checkHealthFields, resolveHealth } from './resolve-health.ts'
import { resolveRuntime } from './resolve-runtime.ts'
import {
  checkBoolean,
  checkFunction,
  checkKnownFields,
  checkNumber,
  checkObject,
  checkOneOf,
  checkText,
} from './validate.ts'

export interface RetrySettings {
  readonly attempts: number
  readonly budget: number
  readonly retryBurst: number
  readonly isIdempotent: ((args: readonly unknown[]) => boolean) | undefined
}

/** A group's configuration, validated, with every default filled in. */
export interface ResolvedOptions<TOptions = unknown> {
  readonly name: string
  readonly endpoints: readonly ResolvedEndpoint<TOptions>[]
  readonly endpointDefaults: EndpointDefaults
  /** The checks of a probe, in order; empty with `health: false`. */
  readonly checks: readonly HealthCheck[]
  /** Those of them that the user configured; an endpoint that looks after several servers has no use for the default. */
  readonly userChecks: readonly HealthCheck[]
  readonly selection: PreparedStrategy | SelectionStrategy
  readonly zone: string | undefined
  readonly selectionTimeout: number
  readonly commandTimeout: number | undefined
  readonly maxBlockingConnections: number
  readonly maxWaiting: number
  /** `undefined`: any number. */
  readonly maxInFlight: number | undefined
  readonly detector: DetectorSettings
  readonly failback: FailbackSettings
  readonly retry: RetrySettings
  readonly pool: PoolSettings
  readonly start: { readonly policy: 'one' | 'majority' | 'all' | 'none'; readonly timeout: number }
  readonly drainTimeout: number
  readonly evictOnConnectFailure: boolean
  /** `undefined`: 5 s where bytes can be seen, else 30 s. */
  readonly connectionSilenceTimeout: number | undefined
  readonly historySize: number
  readonly clock: Clock
  readonly random: Random
}

/** The names of a group's options: what is not in the list is a typing error. */
export const GROUP_OPTION_NAMES = [
  'name',
  'endpoints',
  'preset',
  'selection',
  'zone',
  'selectionTimeout',
  'commandTimeout',
  'maxBlockingConnections',
  'maxWaiting',
  'maxInFlight',
  'health',
  'detector',
  'failback',
  'retry',
  'start',
  'pool',
  'drainTimeout',
  'evictOnConnectFailure',
  'connectionSilenceTimeout',
  'historySize',
  'runtime',
] as const satisfies readonly (keyof FailoverGroupOptions)[]

const ms = 'milliseconds'

/**
 * Validates a group's options and fills in the defaults.
 *
 * @throws ConfigurationError naming the field, its value and what is allowed
 */
export const resolveOptions = <TOptions>(options: FailoverGroupOptions<TOptions>): ResolvedOptions<TOptions> => {
  checkObject('options', options)
  checkKnownFields('', options, GROUP_OPTION_NAMES)
  const preset = checkOneOf('preset', options.preset ?? 'default', Object.keys(presets) as PresetName[])
  const health = resolveHealthOptions(options.health)
  const endpointDefaults: EndpointDefaults = { preset, health }
  // Checked even without endpoints, so that a mistake does not wait for the first `add()`.
  resolveHealth('health', preset, [health])
  const start = options.start ?? {}
  checkKnownFields('start', checkObject('start', start), ['policy', 'timeout'])
  const policy = checkOneOf('start.policy', start.policy ?? 'one', ['one', 'majority', 'all', 'none'])
  if (options.connectionSilenceTimeout !== undefined) {
    checkNumber('connectionSilenceTimeout', options.connectionSilenceTimeout, { min: 100, max: 3_600_000, unit: ms })
  }
  if (options.commandTimeout !== undefined)
    checkNumber('commandTimeout', options.commandTimeout, { min: 1, max: 3_600_000, unit: ms })
  if (options.maxInFlight !== undefined)
    checkNumber('maxInFlight', options.maxInFlight, { min: 1, max: 10_000_000, integer: true })
  if (options.zone !== undefined) checkText('zone', options.zone)
  return Object.freeze({
    name: checkText('name', options.name ?? 'redis'),
    endpoints: resolveEndpoints(options, endpointDefaults, policy),
    endpointDefaults,
    ...resolveBothChecks(options.health, health?.check),
    selection: checkSelection(options.selection ?? firstAvailable()),
    zone: options.zone,
    selectionTimeout: checkNumber('selectionTimeout', options.selectionTimeout ?? 5000, {
      min: 0,
      max: 3_600_000,
      unit: ms,
    }),
    commandTimeout: options.commandTimeout,
    maxBlockingConnections: checkNumber('maxBlockingConnections', options.maxBlockingConnections ?? 16, {
      min: 1,
      max: 10_000,
      integer: true,
    }),
    maxWaiting: checkNumber('maxWaiting', options.maxWaiting ?? 10_000, { min: 0, max: 10_000_000, integer: true }),
    maxInFlight: options.maxInFlight,
    detector: resolveDetector(presets[preset].detector, options.detector),
    failback: resolveFailback(presets[preset].failback, options.failback),
    retry: resolveRetry(options.retry),
    pool: resolvePool(options.pool),
    start: {
      policy,
      timeout: checkNumber('start.timeout', start.timeout ?? 10_000, { min: 0, max: 3_600_000, unit: ms }),
    },
    drainTimeout: checkNumber('drainTimeout', options.drainTimeout ?? 5000, { min: 0, max: 3_600_000, unit: ms }),
    evictOnConnectFailure: checkBoolean('evictOnConnectFailure', options.evictOnConnectFailure ?? false),
    connectionSilenceTimeout: options.connectionSilenceTimeout,
    historySize: checkNumber('historySize', options.historySize ?? 1000, { min: 0, max: 1_000_000, integer: true }),
    ...resolveRuntime(options.runtime),
  })
}

const resolveEndpoints = <TOptions>(
  options: FailoverGroupOptions<TOptions>,
  defaults: EndpointDefaults,
  policy: string,
): readonly ResolvedEndpoint<TOptions>[] => {
  if (!Array.isArray(options.endpoints))
    throw new ConfigurationError('endpoints', withoutText(options.endpoints), 'an array of endpoints')
  if (options.endpoints.length === 0 && policy !== 'none') {
    throw new ConfigurationError(
      'endpoints',
      options.endpoints,
      `an array of at least one endpoint, unless start.policy is "none" (it is "${policy}")`,
    )
  }
  const seen = new Set<string>()
  return options.endpoints.map((config: EndpointConfig<TOptions>, index) => {
    const endpoint = resolveEndpoint(`endpoints[${index}]`, config, defaults)
    if (seen.has(endpoint.id))
      throw new ConfigurationError(`endpoints[${index}].id`, endpoint.id, 'unique within the group')
    seen.add(endpoint.id)
    return endpoint
  })
}

const resolveHealthOptions = (health: FailoverGroupOptions['health']): HealthOptions | undefined => {
  if (health === undefined || health === false) return undefined
  checkHealthFields('health', checkObject('health', health), ['check'])
  return health
}

const resolveBothChecks = (
  health: FailoverGroupOptions['health'],
  check: HealthOptions['check'],
): Pick<ResolvedOptions, 'checks' | 'userChecks'> => {
  if (health === false) return { checks: [], userChecks: [] }
  const checks = resolveChecks(check)
  return { checks, userChecks: check === undefined ? [] : checks }
}

const resolveChecks = (check: HealthOptions['check']): readonly HealthCheck[] => {
  if (check === undefined) return [ping()]
  const list: readonly (HealthCheck | HealthCheckFunction)[] = Array.isArray(check)
    ? check
    : [check as HealthCheck | HealthCheckFunction]
  if (list.length === 0)
    throw new ConfigurationError('health.check', check, 'a check, a function, or a list of at least one')
  const checks = list.map(normalizeCheck)
  const names = new Set(checks.map((entry) => entry.name))
  if (names.size !== checks.length)
    throw new ConfigurationError('health.check', check, 'a list of checks with different names')
  if (checks.every((entry) => entry.governs === 'eligibility')) {
    throw new ConfigurationError('health.check', check, 'a list with at least one check that governs liveness')
  }
  return checks
}

const checkSelection = (selection: unknown): SelectionStrategy => {
  if (typeof selection === 'function') return selection as SelectionStrategy
  if (typeof selection === 'object' && selection !== null && 'prepare' in selection && 'mode' in selection) {
    checkOneOf('selection.mode', selection.mode, ['sticky', 'spread'])
    checkFunction('selection.prepare', selection.prepare)
    return selection as SelectionStrategy
  }
  throw new ConfigurationError(
    'selection',
    selection,
    'a strategy such as firstAvailable(), a function, or { mode, prepare }',
  )
}

const resolveDetector = (preset: DetectorSettings, detector: DetectorOptions | undefined): DetectorSettings => {
  if (detector === undefined) return preset
  checkKnownFields('detector', checkObject('detector', detector), ['minFailures', 'failureRate', 'window'])
  return {
    window: checkNumber('detector.window', detector.window ?? preset.window, { min: 100, max: 3_600_000, unit: ms }),
    consecutiveFailures: detector.minFailures === undefined ? preset.consecutiveFailures : undefined,
    minimum: checkNumber('detector.minFailures', detector.minFailures ?? preset.minimum, { min: 1, integer: true }),
    counts: detector.minFailures === undefined ? preset.counts : 'failures',
    failureRate: checkNumber('detector.failureRate', detector.failureRate ?? preset.failureRate, {
      min: 0.001,
      max: 1,
    }),
  }
}

const resolveFailback = (
  preset: FailbackSettings,
  failback: Partial<FailbackSettings> | undefined,
): FailbackSettings => {
  if (failback === undefined) return preset
  checkKnownFields('failback', checkObject('failback', failback), ['mode', 'grace', 'graceMax', 'minStay'])
  const grace = checkNumber('failback.grace', failback.grace ?? preset.grace, { min: 0, max: 86_400_000, unit: ms })
  return {
    mode: checkOneOf('failback.mode', failback.mode ?? preset.mode, ['auto', 'manual', 'never']),
    grace,
    graceMax: checkNumber('failback.graceMax', failback.graceMax ?? Math.max(preset.graceMax, grace), {
      min: grace,
      max: 86_400_000,
      unit: ms,
    }),
    minStay: checkNumber('failback.minStay', failback.minStay ?? preset.minStay, { min: 0, max: 86_400_000, unit: ms }),
  }
}

const resolveRetry = (retry: RetryOptions | false | undefined): RetrySettings => {
  if (retry === false) return { attempts: 1, budget: 0, retryBurst: 1, isIdempotent: undefined }
  if (retry !== undefined)
    checkKnownFields('retry', checkObject('retry', retry), ['attempts', 'budget', 'retryBurst', 'isIdempotent'])
  if (retry?.isIdempotent !== undefined) checkFunction('retry.isIdempotent', retry.isIdempotent)
  return {
    attempts: checkNumber('retry.attempts', retry?.attempts ?? 3, { min: 1, max: 10, integer: true }),
    budget: checkNumber('retry.budget', retry?.budget ?? 0.2, { min: 0, max: 1 }),
    retryBurst: checkNumber('retry.retryBurst', retry?.retryBurst ?? 100, { min: 1, max: 1_000_000, integer: true }),
    isIdempotent: retry?.isIdempotent,
  }
}
