import { checkKnownFields, checkNumber, checkObject } from './validate.ts'

/** The connections that `acquire()` and `execute()` lend. One pool for each endpoint; all times are milliseconds. */
export interface PoolOptions {
  /** Connections kept open to each endpoint while it is up, lent ones included: 0 to `max`. Default 0. */
  readonly min?: number
  /** Connections to each endpoint at the most, 1 to 10 000. Default 10. */
  readonly max?: number
  /** How long `acquire()` waits for a connection while its endpoint is available; 0 fails at once. Default 5000. */
  readonly acquireTimeout?: number
  /** A connection above `min` that was idle for this long is closed; 0 keeps it. Default 30 000. */
  readonly idleTimeout?: number
  /** A connection that was idle for this long must answer a PING before it is lent again. Default 5000. */
  readonly validateAfter?: number
  /** How many calls may wait for a connection in the whole group; further ones are rejected at once. Default 1000. */
  readonly maxWaiting?: number
}

export type PoolSettings = Required<PoolOptions>

const FIELDS = ['min', 'max', 'acquireTimeout', 'idleTimeout', 'validateAfter', 'maxWaiting'] as const

/** @throws ConfigurationError */
export const resolvePool = (pool: PoolOptions = {}): PoolSettings => {
  checkKnownFields('pool', checkObject('pool', pool), FIELDS)
  const duration = (field: keyof PoolOptions, value: number): number =>
    checkNumber(`pool.${field}`, value, { min: 0, max: 86_400_000, unit: 'milliseconds' })
  const max = checkNumber('pool.max', pool.max ?? 10, { min: 1, max: 10_000, integer: true })
  return Object.freeze({
    min: checkNumber('pool.min', pool.min ?? 0, { min: 0, max, integer: true }),
    max,
    acquireTimeout: duration('acquireTimeout', pool.acquireTimeout ?? 5000),
    idleTimeout: duration('idleTimeout', pool.idleTimeout ?? 30_000),
    validateAfter: duration('validateAfter', pool.validateAfter ?? 5000),
    maxWaiting: checkNumber('pool.maxWaiting', pool.maxWaiting ?? 1000, { min: 0, max: 1_000_000, integer: true }),
  })
}
