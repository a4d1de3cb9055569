import { WithheldValue } from '../errors/shown-value.ts'
import { ConfigurationError } from '../errors.ts'

/** What an option of a client may be. `number`: whole, also as digits in a text; `port`: up to 65,535. */
export type FieldType = 'text' | 'number' | 'port' | 'flag' | 'object' | 'object or flag' | 'list'

const RULES: Readonly<Record<FieldType, readonly [fits: (value: unknown) => boolean, allowed: string]>> = {
  text: [(value) => typeof value === 'string', 'a text'],
  number: [(value) => wholeNumber(value) !== undefined, 'a whole number of at least 0'],
  port: [(value) => (wholeNumber(value) ?? Number.NaN) <= 65_535, 'a port from 0 to 65535'],
  flag: [(value) => typeof value === 'boolean', 'true or false'],
  object: [(value) => isObject(value), 'an object'],
  'object or flag': [(value) => typeof value === 'boolean' || isObject(value), 'an object, true or false'],
  list: [(value) => Array.isArray(value), 'a list'],
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)

// Environment variables are texts, and the clients take them.
const wholeNumber = (value: unknown): number | undefined => {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined
}

/**
 * For adapters: refuses options of a client that have a type it cannot work with, before it fails on them in the middle of
 * connecting. `null` is as good as left out. What stands there is not shown: it may be a password in the wrong place.
 *
 * @throws ConfigurationError
 */
export const checkFieldTypes = (field: string, options: unknown, types: Readonly<Record<string, FieldType>>): void => {
  if (!isObject(options)) throw new ConfigurationError(field, kindOf(options), 'an object')
  for (const [name, type] of Object.entries(types)) {
    const value = (options as Record<string, unknown>)[name]
    if (value === undefined || value === null) continue
    const [fits, allowed] = RULES[type]
    if (!fits(value)) throw new ConfigurationError(`${field}.${name}`, kindOf(value), allowed)
  }
}

const kindOf = (value: unknown): WithheldValue => {
  if (value === null) return new WithheldValue('null')
  if (Array.isArray(value)) return new WithheldValue('a list')
  return new WithheldValue(typeof value === 'object' ? 'an object' : `of the type ${typeof value}`)
}
