import { UnsupportedOperationError } from '@redis-endpoint-failover/core'
import type { Internals } from './internals.ts'

/** The versions whose inside is known. */
export const SUPPORTED_VERSIONS = '>=5.8.0 <7'

/** How many parameters each of the methods declares at least, in all supported versions. */
const EXPECTED_ARITY: Readonly<Record<string, number>> = {
  _executeCommand: 4,
  _executeScript: 4,
  sendCommand: 2,
  _executeMulti: 2,
  _executePipeline: 2,
  withTypeMapping: 1,
  watch: 1,
  unwatch: 0,
  setDirtyWatch: 1,
  connect: 0,
  destroy: 0,
  ref: 0,
  unref: 0,
}

/**
 * The object behind a node-redis client on which its methods do their work; views of the client inherit from it.
 *
 * @throws UnsupportedOperationError when it does not look as it does in the supported versions
 */
export const findInternals = (client: unknown): Internals => {
  const inner = isObject(client) ? client._self : undefined
  if (!isObject(inner) || inner._self !== inner) throw unsupported('it has no "_self"')
  for (const [name, arity] of Object.entries(EXPECTED_ARITY)) {
    const method = inner[name]
    if (typeof method !== 'function') throw unsupported(`it has no method "${name}"`)
    if (method.length < arity) throw unsupported(`its method "${name}" takes ${method.length} arguments, not ${arity}`)
  }
  return inner as unknown as Internals
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const unsupported = (what: string): UnsupportedOperationError =>
  new UnsupportedOperationError(
    'Routing this client',
    `"create" must return a client made by createClient() of redis or @redis/client ${SUPPORTED_VERSIONS}; ${what}.`,
  )
