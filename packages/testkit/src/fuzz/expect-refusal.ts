import { inspect } from 'node:util'
import { ConfigurationError } from '@redis-endpoint-failover/core'
import { expect } from 'vitest'
import { isWrongFor, type Kind } from './kinds.ts'
import { SECRET } from './wrong-values.ts'

/** Everything that logging an error could show. */
const shown = (error: unknown): string =>
  `${inspect(error, { depth: Infinity, showHidden: true })} ${JSON.stringify(error)} ${String(error)}`

/** The typed error that a call throws, which shows no secret; `undefined` if it throws none. Any other error fails. */
export const refusalOf = (make: () => unknown): ConfigurationError | undefined => {
  try {
    make()
    return undefined
  } catch (error) {
    // Whatever else was thrown is what a fuzzer looks for.
    if (!ConfigurationError.isInstance(error)) throw error
    expect(shown(error)).not.toContain(SECRET)
    expect(error.message).toContain(error.field)
    expect(error.allowed).not.toBe('')
    return error
  }
}

/** That a call with such a value in such a field is refused, where the value has a type that the field can never take. */
export const expectRefusal = (
  { path, kind, value }: { readonly path: string; readonly kind: Kind; readonly value: unknown },
  make: () => unknown,
): ConfigurationError | undefined => {
  const refusal = refusalOf(make)
  if (isWrongFor(kind, value)) expect(refusal, `${path} took ${inspect(value)}`).toBeDefined()
  return refusal
}
