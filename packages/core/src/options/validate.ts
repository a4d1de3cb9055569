import { withoutText } from '../errors/shown-value.ts'
import { ConfigurationError } from '../errors.ts'

interface NumberRule {
  readonly min: number
  readonly max?: number
  readonly integer?: boolean
  /** What the number is, for the message. */
  readonly unit?: string
}

/** Refuses anything but a finite number within the rule. `undefined` is not accepted: defaults are applied before. */
export const checkNumber = (field: string, value: unknown, rule: NumberRule): number => {
  const max = rule.max ?? Number.MAX_SAFE_INTEGER
  const fits = typeof value === 'number' && Number.isFinite(value) && value >= rule.min && value <= max
  if (!fits || (rule.integer === true && !Number.isInteger(value))) {
    const kind = rule.integer === true ? 'a whole number' : 'a number'
    const range = rule.max === undefined ? `of at least ${rule.min}` : `from ${rule.min} to ${rule.max}`
    throw new ConfigurationError(field, value, `${kind}${rule.unit === undefined ? '' : ` of ${rule.unit}`} ${range}`)
  }
  return value
}

/** Refuses a value that is not one of `allowed`. */
export const checkOneOf = <T extends string>(field: string, value: unknown, allowed: readonly T[]): T => {
  const found = allowed.find((candidate) => candidate === value)
  if (found === undefined)
    throw new ConfigurationError(field, value, `one of ${allowed.map((name) => `"${name}"`).join(', ')}`)
  return found
}

/** Refuses fields that nobody reads: they are typing errors. */
export const checkKnownFields = (field: string, value: object, known: readonly string[]): void => {
  for (const key of Object.keys(value)) {
    if (!known.includes(key))
      throw new ConfigurationError(
        `${field}${field === '' ? '' : '.'}${key}`,
        'present',
        `left out: the known fields are ${known.join(', ')}`,
      )
  }
}

export const checkObject = (field: string, value: unknown): object => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    // A text is not shown: where an object belongs, it is likely a URL with a password.
    throw new ConfigurationError(field, withoutText(value), 'an object')
  return value
}

export const checkFunction = (field: string, value: unknown): void => {
  if (typeof value !== 'function') throw new ConfigurationError(field, value, 'a function')
}

export const checkBoolean = (field: string, value: unknown): boolean => {
  if (typeof value !== 'boolean') throw new ConfigurationError(field, value, 'true or false')
  return value
}

export const checkText = (field: string, value: unknown): string => {
  if (typeof value !== 'string' || value.trim() === '' || value.length > 200) {
    throw new ConfigurationError(field, value, 'a text of 1 to 200 characters')
  }
  return value
}
