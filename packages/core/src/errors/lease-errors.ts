import { FailoverError, hasCode } from '../errors.ts'

/** A lease was used after it had been given back: another caller may hold its connection by now. */
export class LeaseReleasedError extends FailoverError {
  constructor(endpointId: string, use: 'client' | 'release' | 'destroy', ended: 'released' | 'destroyed') {
    const what = use === 'client' ? 'Its client was asked for' : `${use}() was called`
    super(
      'LEASE_RELEASED',
      `The lease of a connection to endpoint "${endpointId}" was ${ended} before. ${what} again, but its connection may ` +
        'be lent to somebody else by now. End each lease once, and acquire another one to go on.',
      { endpointId },
    )
  }

  static override isInstance(value: unknown): value is LeaseReleasedError {
    return hasCode(value, 'LEASE_RELEASED')
  }
}

export interface PoolFacts {
  readonly endpointId: string | undefined
  readonly max: number
  readonly maxWaiting: number
  readonly waiting: number
  /** All connections are lent; where this is missing, too many calls wait. Milliseconds. */
  readonly allLent?: { readonly waitedMs: number; readonly longestMs: number }
}

/** Every connection that may be lent is lent, or too many calls wait for one already. Nothing was sent. */
export class PoolExhaustedError extends FailoverError {
  /** `pool.max`: connections to the endpoint. */
  readonly max: number
  /** Calls that wait for a connection, in the whole group. */
  readonly waiting: number

  constructor({ endpointId, max, maxWaiting, waiting, allLent }: PoolFacts) {
    super(
      'POOL_EXHAUSTED',
      allLent === undefined
        ? `${waiting} calls wait for a connection already, and no more than ${maxWaiting} may (pool.maxWaiting). Nothing ` +
            'was executed; repeat the call later.'
        : `No connection to endpoint "${endpointId}" could be leased within ${Math.round(allLent.waitedMs)} ms: all ${max} of ` +
            `its pool are lent, the longest for ${Math.round(allLent.longestMs)} ms, and ${waiting} more calls wait. Nothing ` +
            'was executed. Make sure that every lease is released, or raise pool.max.',
      { endpointId },
    )
    this.max = max
    this.waiting = waiting
  }

  static override isInstance(value: unknown): value is PoolExhaustedError {
    return hasCode(value, 'POOL_EXHAUSTED')
  }
}
