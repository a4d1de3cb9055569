import { EventEmitter } from 'node:events'

/** What a native client has, by the way in which it has to be reached late. */
export interface Members {
  /** Methods, with the name of their upper-case twin: `hGetAll` and `HGETALL` are both there. */
  readonly methods: ReadonlyMap<string, string>
  /** Properties that are computed. */
  readonly getters: readonly string[]
  /** Modules and function libraries, with their methods. */
  readonly namespaces: ReadonlyMap<string, ReadonlyMap<string, string>>
}

/** Finds out what a client, or the batch that it makes, consists of. It is not called, and never connects. */
export const membersOf = (native: object): Members => {
  const methods: string[] = []
  const getters: string[] = []
  const namespaces = new Map<string, ReadonlyMap<string, string>>()
  for (const [name, descriptor] of propertiesOf(native)) {
    if (name.startsWith('_') || name === 'constructor') continue
    if (typeof descriptor.value === 'function') methods.push(name)
    else if (descriptor.get !== undefined) {
      const namespace = namespaceOf(native, name)
      if (namespace === undefined) getters.push(name)
      else namespaces.set(name, withTwins(namespace))
    }
  }
  return { methods: withTwins(methods), getters, namespaces }
}

const propertiesOf = (object: object): Map<string, PropertyDescriptor> => {
  const found = new Map<string, PropertyDescriptor>()
  for (
    let holder: unknown = object;
    isObject(holder) && holder !== EventEmitter.prototype && holder !== Object.prototype;
    holder = Object.getPrototypeOf(holder)
  ) {
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(holder)))
      if (!found.has(name)) found.set(name, descriptor)
  }
  return found
}

// A module's methods work on the client that they were reached through, which they know as `_self`.
const namespaceOf = (native: object, name: string): readonly string[] | undefined => {
  let value: unknown
  try {
    value = (native as Record<string, unknown>)[name]
  } catch {
    return undefined
  }
  if (!isObject(value) || !Object.hasOwn(value, '_self')) return undefined
  return [...propertiesOf(value)].filter(([, { value: member }]) => typeof member === 'function').map(([key]) => key)
}

const withTwins = (names: readonly string[]): ReadonlyMap<string, string> => {
  const upper = new Map(names.filter((name) => name === name.toUpperCase()).map((name) => [flat(name), name]))
  return new Map(names.map((name) => [name, upper.get(flat(name)) ?? name]))
}

const flat = (name: string): string => name.toUpperCase().replaceAll('_', '')

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
