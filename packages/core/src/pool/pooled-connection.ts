import type { ManagedConnection } from '../connections/managed-connection.ts'
import type { LeaseOwner } from './lease.ts'

/** One connection of a pool. At any time it is idle, being validated, or lent to exactly one holder. */
export interface PooledConnection<TClient> {
  readonly connection: ManagedConnection<TClient>
  /** The pool that it belongs to. */
  readonly owner: LeaseOwner<TClient>
  state: 'idle' | 'validating' | 'lent'
  /** When it was last known to work, in monotonic milliseconds: connected, validated, or given back. */
  knownGoodAt: number
  /** When it was lent last. */
  lentAt: number
  /** How often it was lent: tells one lease of it from the next. */
  leases: number
  /** It was lent because its endpoint was the active one, so the lease ends some time after the endpoint was left. */
  followsActive: boolean
}

/** How many connections of each kind a pool has. */
export interface PoolCounts {
  /** Established connections: idle, lent, or being validated. */
  readonly open: number
  readonly idle: number
  readonly lent: number
}
