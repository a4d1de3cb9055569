import { ConfigurationError } from '../errors.ts'
import { checkKnownFields, checkNumber, checkObject, checkOneOf, checkText } from '../options/validate.ts'
import type { Operation } from '../selection/selection-strategy.ts'

/** Which endpoint is wanted. Without any wish, it is the one that commands go to. */
export interface EndpointWish {
  /**
   * What the connection is for, default `write`. Connections for reads may lead to an endpoint that refuses writes, where
   * the strategy chooses otherwise for reads, or where `zone` or `exclude` lead away from the active endpoint.
   */
  readonly operation?: Operation
  /** Endpoints of this zone come first, whatever zone the group runs in. */
  readonly zone?: string
  /** Ids of endpoints that are not wanted. */
  readonly exclude?: readonly string[]
}

/** How a connection is acquired. */
export interface AcquireOptions extends EndpointWish {
  /**
   * Milliseconds that the call may take in all; 0 fails at once where nothing is ready. Default `pool.acquireTimeout`, or
   * `selectionTimeout` where no endpoint is available when it is called.
   */
  readonly timeout?: number
  /** Ends the wait: the call rejects with CommandAbortedError, whose `cause` is the signal's reason. */
  readonly signal?: AbortSignal
}

/** How long a call may wait, and what messages call it. */
export interface WaitLimits extends Pick<AcquireOptions, 'timeout' | 'signal'> {
  readonly call?: string
}

/** A wish with its defaults; equal wishes have equal keys. */
export interface Wish {
  readonly key: string
  readonly operation: Operation
  readonly zone: string | undefined
  readonly exclude: readonly string[]
}

export const NO_WISH: Wish = { key: '', operation: 'write', zone: undefined, exclude: [] }

/** The names of what `acquire()` accepts. */
export const ACQUIRE_FIELDS = ['operation', 'zone', 'exclude', 'timeout', 'signal'] as const

/** @throws ConfigurationError */
export const checkAcquire = (
  call: string,
  options: object,
  { fields = ACQUIRE_FIELDS, minTimeout = 0 }: { fields?: readonly string[]; minTimeout?: number } = {},
): void => {
  checkKnownFields(call, checkObject(call, options), fields)
  const { timeout, signal } = options as AcquireOptions
  if (timeout !== undefined)
    checkNumber(`${call}.timeout`, timeout, { min: minTimeout, max: 86_400_000, unit: 'milliseconds' })
  // Any AbortSignal will do, also one of another realm.
  if (signal !== undefined && !('aborted' in checkObject(`${call}.signal`, signal)))
    throw new ConfigurationError(`${call}.signal`, signal, 'an AbortSignal')
}

/** @throws ConfigurationError */
export const wishOf = (call: string, { operation = 'write', zone, exclude = [] }: EndpointWish): Wish => {
  checkOneOf(`${call}.operation`, operation, ['read', 'write'])
  if (zone !== undefined) checkText(`${call}.zone`, zone)
  if (!Array.isArray(exclude)) throw new ConfigurationError(`${call}.exclude`, exclude, 'an array of endpoint ids')
  if (operation === 'write' && zone === undefined && exclude.length === 0) return NO_WISH
  for (const [at, id] of exclude.entries()) checkText(`${call}.exclude[${at}]`, id)
  return { key: JSON.stringify([operation, zone, [...exclude].sort()]), operation, zone, exclude }
}
