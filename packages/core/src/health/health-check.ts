import type { CommandArgument } from '../adapter/client-adapter.ts'
import type { Clock } from '../runtime/clock.ts'
import type { CheckPeers } from './check-peers.ts'

/** What a health check is given. */
export interface HealthCheckContext {
  readonly endpoint: {
    readonly id: string
    readonly zone: string | undefined
    readonly tags: Readonly<Record<string, string>>
  }
  /**
   * Sends a raw command over the connection being checked. Rejects with the server's error, or with an `AbortError` when
   * `signal` (by default the check's own) is aborted.
   */
  readonly command: (args: readonly CommandArgument[], options?: { signal?: AbortSignal }) => Promise<unknown>
  /** The endpoints of the group, for a check that compares this one with another. */
  readonly peers: CheckPeers
  /** Aborted when the check's time is up, or its answer no longer matters. */
  readonly signal: AbortSignal
  /** For checks that need time; a check that uses global timers instead cannot be simulated on a virtual clock. */
  readonly clock: Clock
}

/** The outcome of one check. Use `healthy()` and `unhealthy(why)` to make one. */
export type CheckResult = { readonly healthy: true } | { readonly healthy: false; readonly reason: string }

/** The endpoint passed the check. */
export const healthy = (): CheckResult => HEALTHY
const HEALTHY: CheckResult = Object.freeze({ healthy: true })

/** The endpoint answered, and the answer is no. `reason` appears in events, `explain()` and error causes. */
export const unhealthy = (reason: string): CheckResult => ({ healthy: false, reason })

export type HealthCheckFunction = (context: HealthCheckContext) => Promise<CheckResult> | CheckResult

/**
 * One question put to an endpoint.
 *
 * A check that resolves `unhealthy()` is conclusive. One that throws or takes longer than its `timeout` is one strike;
 * `fall` strikes in a row are DOWN. Server errors such as `LOADING` weigh what `semantics.md` says.
 */
export interface HealthCheck {
  /** Names the check in events and in `explain()`. */
  readonly name: string
  /**
   * `liveness` (default) evicts the endpoint. `eligibility` only decides whether the endpoint may become the target of a
   * failover or failback; it never evicts the active one.
   */
  readonly governs?: 'liveness' | 'eligibility'
  /** Milliseconds; defaults to `health.timeout`. */
  readonly timeout?: number
  /**
   * True where the check shows that the endpoint can do its work (write, hold a role), not just that it answers. Strikes
   * of such a check are cleared only by the check itself. Defaults to false.
   */
  readonly capability?: boolean
  /**
   * The role that the check demands of the endpoint, where it demands one: `role()` sets it. Where it is `master`, several
   * endpoints that are primaries at once are reported (`multiple-primaries`).
   */
  readonly expectsRole?: 'master' | 'replica'
  readonly check: HealthCheckFunction
}
