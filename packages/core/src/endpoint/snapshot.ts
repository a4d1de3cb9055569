import type { StalePrimary } from '../health/compare-servers.ts'
import type { HealthReason } from '../health/evidence.ts'
import type { EndpointState, HealthStatus } from './endpoint.ts'
import type { ProbeRecord } from './probe-history.ts'

/** The connections for leases to one endpoint at one moment. */
export interface PoolSnapshot {
  /** Established: idle, lent, or being validated. */
  readonly open: number
  readonly idle: number
  readonly lent: number
  /** Calls of `acquire()` and `execute()` that wait for one of them. */
  readonly waiting: number
}

/** One endpoint at one moment. */
export interface EndpointSnapshot {
  readonly id: string
  /** `host:port`, without anything secret. */
  readonly address: string
  readonly weight: number
  readonly zone: string | undefined
  readonly tags: Readonly<Record<string, string>>
  readonly state: EndpointState
  readonly status: HealthStatus
  readonly active: boolean
  readonly pinned: boolean
  readonly strikes: number
  readonly generation: number
  /** False where the server refuses writes, or is a stale primary that would lose them. */
  readonly writable: boolean
  /** Set while another endpoint's server is known to have been promoted over this one's. */
  readonly stalePrimary: StalePrimary | undefined
  readonly acceptsConnections: boolean
  /** Why it is DOWN, or what speaks against it; `undefined` if nothing does. */
  readonly reason: HealthReason | undefined
  readonly message: string | undefined
  readonly roundTripMs: number | undefined
  readonly commandLatencyMs: number | undefined
  /** Commands in flight; a lease counts as one. */
  readonly inFlight: number
  readonly pool: PoolSnapshot
  /** Milliseconds that it has been up without interruption; a second failed probe within 10 s starts it anew. */
  readonly steadyMs: number
  /** Milliseconds of uninterrupted time up that a voluntary move to it needs. */
  readonly graceMs: number
  /** The latest probes, oldest first. */
  readonly probes: readonly ProbeRecord[]
}

/** The whole group at one moment. Frozen. */
export interface GroupSnapshot {
  readonly name: string
  readonly lifecycle: 'idle' | 'started' | 'closed'
  readonly active: string | undefined
  readonly pinned: string | undefined
  readonly epoch: number
  /** Commands that wait for an endpoint. */
  readonly waiting: number
  /** Calls of `acquire()` and `execute()` that wait for a connection, or for an endpoint. */
  readonly waitingForLease: number
  readonly strategy: string
  /** By preference. */
  readonly endpoints: readonly EndpointSnapshot[]
}
