/** What a field takes, for the fuzzer to know what is wrong for it. */
export type Kind =
  | 'number'
  | 'port'
  | 'whole'
  | 'string'
  | 'text'
  | 'name'
  | 'flag'
  | 'object'
  | 'function'
  | 'list'
  | 'switch'

/** The value at a path of a copy of `base`, replaced; what is on the way is made where it is missing. */
export const withField = (base: object, path: string, value: unknown): object => {
  const copy = { ...base } as Record<string, unknown>
  const [first = '', ...rest] = path.split('.')
  if (rest.length === 0) copy[first] = value
  else {
    const inner = copy[first]
    const isList = /^\d+$/.test(rest[0]!)
    const from = typeof inner === 'object' && inner !== null && Array.isArray(inner) === isList ? inner : {}
    const changed = withField(from, rest.join('.'), value)
    copy[first] = isList ? Object.values(changed) : changed
  }
  return copy
}

/** Whether a value has a type that the field can never take. `undefined` and `null` are as good as left out. */
export const isWrongFor = (kind: Kind, value: unknown): boolean => {
  if (value === undefined || value === null) return false
  switch (kind) {
    case 'number':
      return typeof value !== 'number' || !Number.isFinite(value) || value < 0
    case 'text':
      return typeof value !== 'string' || value.trim() === '' || value.length > 200
    case 'whole':
      return typeof value === 'number' ? !Number.isSafeInteger(value) || value < 0 : !isDigits(value)
    case 'port':
      return !(Number.isInteger(value) || isDigits(value)) || Number(value) < 0 || Number(value) > 65_535
    case 'string':
      return typeof value !== 'string'
    case 'name':
      return typeof value !== 'string' || !/^[a-zA-Z]{3,30}$/.test(value) || value === 'constructor'
    case 'flag':
      return typeof value !== 'boolean'
    case 'function':
      return typeof value !== 'function'
    case 'list':
      return !Array.isArray(value)
    case 'object':
      return typeof value !== 'object' || Array.isArray(value)
    case 'switch':
      return typeof value === 'string' || typeof value === 'number'
  }
}

const isDigits = (value: unknown): boolean => typeof value === 'string' && /^\d{1,15}$/.test(value)
