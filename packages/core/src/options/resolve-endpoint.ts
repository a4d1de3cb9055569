import type { EndpointConfig, EndpointHealthOptions } from '../endpoint/endpoint.ts'
import { ConfigurationError } from '../errors.ts'
import type { HealthSettings, PresetName } from './presets.ts'
import { checkHealthFields, resolveHealth } from './resolve-health.ts'
import { checkKnownFields, checkNumber, checkObject, checkText } from './validate.ts'

/** An endpoint's configuration with every default filled in. */
export interface ResolvedEndpoint<TOptions = unknown> {
  readonly id: string
  readonly options: TOptions
  readonly weight: number
  readonly zone: string | undefined
  readonly tags: Readonly<Record<string, string>>
  readonly health: HealthSettings
}

export interface EndpointDefaults {
  readonly preset: PresetName
  readonly health: EndpointHealthOptions | undefined
}

/**
 * Validates one endpoint and fills in its defaults. An endpoint's own preset replaces the group's figures altogether.
 *
 * @throws ConfigurationError
 */
export const resolveEndpoint = <TOptions>(
  field: string,
  config: EndpointConfig<TOptions>,
  defaults: EndpointDefaults,
): ResolvedEndpoint<TOptions> => {
  checkObject(field, config)
  checkKnownFields(field, config, ['id', 'options', 'weight', 'zone', 'tags', 'health', 'preset'])
  const id = checkText(`${field}.id`, config.id)
  checkObject(`${field}.options`, config.options)
  if (config.zone !== undefined) checkText(`${field}.zone`, config.zone)
  if (config.tags !== undefined) checkTags(`${field}.tags`, config.tags)
  if (config.health !== undefined) checkHealthFields(`${field}.health`, checkObject(`${field}.health`, config.health))
  const layers = config.preset === undefined ? [defaults.health, config.health] : [config.health]
  return Object.freeze({
    id,
    options: config.options,
    weight: checkNumber(`${field}.weight`, config.weight ?? 1, { min: 0, max: 1_000_000 }),
    zone: config.zone,
    tags: Object.freeze({ ...config.tags }),
    health: resolveHealth(`${field}.health`, config.preset ?? defaults.preset, layers),
  })
}

const checkTags = (field: string, tags: object): void => {
  for (const [name, value] of Object.entries(checkObject(field, tags)))
    if (typeof value !== 'string') throw new ConfigurationError(`${field}.${name}`, value, 'a text')
}
