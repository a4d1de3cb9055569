import type { EndpointHealthOptions } from '../endpoint/endpoint.ts'
import { ConfigurationError } from '../errors.ts'
import type { HealthSettings, PresetName } from './presets.ts'
import { presets } from './presets.ts'
import { checkKnownFields, checkNumber, checkObject, checkOneOf } from './validate.ts'

const FIELDS = [
  'interval',
  'timeout',
  'fall',
  'rise',
  'reprobe',
  'suspicion',
  'connectTimeout',
  'freshProbeInterval',
  'topologyGrace',
  'minHealthyPrimaries',
] as const

/** Probes of one endpoint are never closer than this, so nobody can ask for more. */
export const MIN_PROBE_GAP_MS = 100

/**
 * Merges the layers of health settings, later ones over earlier ones, and validates the result.
 *
 * @throws ConfigurationError naming the field, its value and the allowed range
 */
export const resolveHealth = (
  field: string,
  preset: PresetName,
  layers: readonly (EndpointHealthOptions | undefined)[],
): HealthSettings => {
  const chosen: Partial<HealthSettings> = {}
  for (const layer of layers) {
    if (layer === undefined) continue
    checkObject(field, layer)
    for (const name of FIELDS) {
      const value = layer[name]
      if (value !== undefined) Object.assign(chosen, { [name]: value })
    }
  }
  const figures =
    presets[checkOneOf(field.replace(/health$/, 'preset'), preset, Object.keys(presets) as PresetName[])].health
  return validateHealth(field, { ...figures, ...followingDefaults(figures, chosen), ...chosen })
}

// Who shortens the interval alone means it: what nobody chose follows, rather than being refused as too long for it.
const followingDefaults = (figures: HealthSettings, chosen: Partial<HealthSettings>): Partial<HealthSettings> => {
  const interval = chosen.interval ?? figures.interval
  if (typeof interval !== 'number' || !(interval > 0)) return {}
  const timeout = Math.min(figures.timeout, interval)
  const longest = typeof chosen.timeout === 'number' && chosen.timeout > 0 ? chosen.timeout : timeout
  return { timeout, suspicion: Math.min(figures.suspicion, longest), reprobe: Math.min(figures.reprobe, interval) }
}

/** Refuses fields of an endpoint's `health` that do not exist. */
export const checkHealthFields = (field: string, value: object, more: readonly string[] = []): void =>
  checkKnownFields(field, value, [...more, ...FIELDS])

const validateHealth = (field: string, health: HealthSettings): HealthSettings => {
  const unit = 'milliseconds'
  checkNumber(`${field}.interval`, health.interval, { min: MIN_PROBE_GAP_MS, max: 3_600_000, unit })
  checkNumber(`${field}.timeout`, health.timeout, { min: 10, max: 600_000, unit })
  checkNumber(`${field}.fall`, health.fall, { min: 1, max: 100, integer: true })
  checkNumber(`${field}.rise`, health.rise, { min: 1, max: 100, integer: true })
  checkNumber(`${field}.reprobe`, health.reprobe, { min: MIN_PROBE_GAP_MS, max: 600_000, unit })
  checkNumber(`${field}.suspicion`, health.suspicion, { min: 10, max: 600_000, unit })
  checkNumber(`${field}.connectTimeout`, health.connectTimeout, { min: 10, max: 600_000, unit })
  checkNumber(`${field}.freshProbeInterval`, health.freshProbeInterval, { min: MIN_PROBE_GAP_MS, unit })
  checkNumber(`${field}.topologyGrace`, health.topologyGrace, { min: 0, max: 3_600_000, unit })
  if (health.minHealthyPrimaries !== 'all')
    checkNumber(`${field}.minHealthyPrimaries`, health.minHealthyPrimaries, { min: 1, max: 1000, integer: true })
  // A probe that may take longer than the interval would make the interval meaningless, and detection longer than it says.
  if (health.timeout > health.interval) {
    throw new ConfigurationError(
      `${field}.timeout`,
      health.timeout,
      `at most ${field}.interval (${health.interval} milliseconds)`,
    )
  }
  if (health.suspicion > health.timeout) {
    throw new ConfigurationError(
      `${field}.suspicion`,
      health.suspicion,
      `at most ${field}.timeout (${health.timeout} milliseconds)`,
    )
  }
  if (health.reprobe > health.interval) {
    throw new ConfigurationError(
      `${field}.reprobe`,
      health.reprobe,
      `at most ${field}.interval (${health.interval} milliseconds)`,
    )
  }
  return Object.freeze({ ...health })
}
