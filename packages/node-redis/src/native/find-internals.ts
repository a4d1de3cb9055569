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
  SUBSCRIBE: 3,
  UNSUBSCRIBE: 3,
  PSUBSCRIBE: 3,
  PUNSUBSCRIBE: 3,
  SSUBSCRIBE: 3,
  SUNSUBSCRIBE: 3,
  getPubSubListeners: 1,
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
  const problem = unknownInside(client)
  if (problem !== undefined) throw unsupported(problem)
  return (client as { _self: Internals })._self
}

/** What is not as it is in the supported versions, in words; `undefined` if all is. */
export const unknownInside = (client: unknown): string | undefined => {
  const inner = isObject(client) ? client._self : undefined
  if (!isObject(inner) || inner._self !== inner) return 'it has no "_self"'
  for (const [name, arity] of Object.entries(EXPECTED_ARITY)) {
    const method = inner[name]
    if (typeof method !== 'function') return `it has no method "${name}"`
    if (method.length < arity) return `its method "${name}" takes ${method.length} arguments, not ${arity}`
  }
  return undefined
}

/**
 * The same as far as it is public: what a connection needs, and what any client of node-redis has.
 *
 * @throws UnsupportedOperationError when it is no client
 */
export const findPublic = (client: unknown): Internals => {
  const inner = isObject(client) && isObject(client._self) ? client._self : client
  if (!isObject(inner)) throw unsupported('it is no object')
  for (const name of ['connect', 'destroy', 'sendCommand', 'on'])
    if (typeof inner[name] !== 'function') throw unsupported(`it has no method "${name}"`)
  return inner as unknown as Internals
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const unsupported = (what: string): UnsupportedOperationError =>
  new UnsupportedOperationError(
    'Routing this client',
    `"create" must return a client made by createClient() of redis or @redis/client ${SUPPORTED_VERSIONS}; ${what}.`,
  )
