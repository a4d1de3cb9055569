import type { EndpointState } from '../endpoint/endpoint.ts'
import type { StalePrimary } from './compare-servers.ts'
import type { Evidence, HealthReason } from './evidence.ts'
import type { HealthState } from './health-state.ts'

/**
 * `regular`: on the monitor connection, or on a new one that becomes it. `confirming`: on a new connection, because an
 * established one was lost. `fresh`: on a new connection, to see whether such are accepted.
 */
export type ProbeKind = 'regular' | 'confirming' | 'fresh'

/** What can happen to an endpoint's health. `generation` is the one under which the observed thing was started. */
export type HealthEvent =
  | {
      readonly type: 'probe-succeeded'
      readonly generation: number
      readonly kind: ProbeKind
      /** The probe made a new connection. */
      readonly newConnection: boolean
      /** Names of the ability checks that passed. */
      readonly capabilities: readonly string[]
      /** Why an eligibility check said no. */
      readonly notEligible: string | undefined
      /** True when no endpoint of the group is up: then one success is enough. */
      readonly nothingUp: boolean
    }
  | {
      readonly type: 'probe-failed'
      readonly generation: number
      readonly kind: ProbeKind
      /** It failed to connect, before anything was asked. */
      readonly connecting: boolean
      readonly evidence: Evidence
      /** The name of the check that failed if it proves an ability, else `undefined`. */
      readonly capability: string | undefined
      /** Whether an established connection of ours to the endpoint still answers. */
      readonly connectionAnswers: boolean
      /** When the probe began. */
      readonly since: number
    }
  /** A look at all servers of an endpoint that manages several by itself found them out of order. */
  | {
      readonly type: 'topology-lost'
      readonly generation: number
      /** `soft` where nobody answered, else `conclusive`. */
      readonly evidence: Evidence
      /** When the look began. */
      readonly since: number
    }
  /** The application's own traffic or connections showed something. */
  | {
      readonly type: 'observed'
      readonly generation: number
      readonly evidence: Evidence
      readonly connectionAnswers: boolean
      /** When what was observed began. */
      readonly since: number
    }
  /** A reply arrived on an application connection. */
  | { readonly type: 'replied'; readonly generation: number }
  /** The ability to write was proven, outside of a probe's own checks. */
  | { readonly type: 'proven-writable'; readonly generation: number }
  /** An application connection was lost, or one is available again. */
  | { readonly type: 'data-connection'; readonly generation: number; readonly lost: boolean }
  /** Another endpoint's server was promoted over this one's. */
  | ({ readonly type: 'stale-primary' } & StalePrimary)
  /** The finding does not hold any more; `why` in words. */
  | { readonly type: 'stale-primary-cleared'; readonly why: string }
  | { readonly type: 'drain' }
  | { readonly type: 'resume' }
  | { readonly type: 'remove' }
  /** The endpoint's options changed: what is known about it no longer counts. */
  | { readonly type: 'reconfigure' }

/** What the runner has to do after a change of health. */
export type HealthEffect =
  | {
      readonly type: 'changed'
      readonly from: EndpointState
      readonly to: EndpointState
      readonly reason: HealthReason | 'draining' | 'resumed' | 'removed' | 'reconfigured'
      readonly message: string
      readonly strikes: number
    }
  /** Connect anew and ask, at once: an established connection was lost. */
  | { readonly type: 'confirm' }
  /** The first sign of trouble: look at the other endpoints too, so that a failover goes to one known to answer. */
  | { readonly type: 'trouble' }
  /** The monitor connection is silent although application connections answer. */
  | { readonly type: 'replace-monitor' }
  /** Destroy all connections; their commands are settled by class. */
  | { readonly type: 'destroy-connections'; readonly why: string }
  | { readonly type: 'connections-refused'; readonly reason: HealthReason; readonly message: string }
  | { readonly type: 'connections-accepted' }
  | { readonly type: 'observer-suspect'; readonly message: string }
  | ({ readonly type: 'stale-primary' } & StalePrimary)
  | { readonly type: 'stale-primary-cleared'; readonly why: string }

export interface HealthTransition {
  readonly state: HealthState
  readonly effects: readonly HealthEffect[]
}
