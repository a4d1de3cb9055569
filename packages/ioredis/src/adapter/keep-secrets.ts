import { inspect } from 'node:util'

const SECRETS = ['password', 'sentinelPassword', 'tls', 'sentinelTLS', 'auth'] as const

/**
 * Keeps a client's credentials and keys from being printed with it: ioredis has its options, and the state of its
 * connection, in public properties, which every `console.log(client)` shows. They can still be read, and copied.
 */
export const keepSecrets = (options: object | null | undefined): void => {
  if (options === undefined || options === null) return
  const own = options as Record<string, unknown>
  for (const name of SECRETS) {
    let value = own[name]
    if (value === undefined || value === null) continue
    Object.defineProperty(own, name, {
      configurable: true,
      enumerable: true,
      get: () => value,
      set: (changed: unknown) => {
        value = changed
      },
    })
  }
  const redacted = (): object => {
    const shown: Record<string, unknown> = { ...own }
    for (const name of SECRETS) if (shown[name] !== undefined && shown[name] !== null) shown[name] = '(hidden)'
    return shown
  }
  // Not enumerable: a copy of the options is an ordinary object.
  Object.defineProperty(own, 'toJSON', { configurable: true, value: redacted })
  Object.defineProperty(own, inspect.custom, { configurable: true, value: redacted })
}
