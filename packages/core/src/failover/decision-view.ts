import type { Endpoint } from '../endpoint/endpoint.ts'
import type { SwitchReason } from '../events/event-map.ts'
import type { HealthState } from '../health/health-state.ts'
import type { FailbackSettings } from '../options/presets.ts'
import type { HoldDown } from './hold-down.ts'

/** One endpoint as the decision sees it. */
export interface EndpointView {
  readonly endpoint: Endpoint
  readonly health: HealthState
  readonly holdDown: HoldDown
  /** The endpoint's own probe timeout in milliseconds. */
  readonly timeout: number
}

/** The whole state that a decision looks at. Times are monotonic milliseconds. */
export interface DecisionView {
  /** By preference: weight, then configuration order. */
  readonly endpoints: readonly EndpointView[]
  readonly activeId: string | undefined
  readonly pinnedId: string | undefined
  readonly failback: FailbackSettings
  /** Whether an endpoint has ever been active. */
  readonly started: boolean
  /** When the first endpoint came up. */
  readonly firstUpAt: number | undefined
  readonly lastSwitchAt: number | undefined
  /** Whether a command has been sent: until then a better endpoint is taken without grace. */
  readonly commandSent: boolean
  /** Until then our own event loop is not to be trusted: only conclusive evidence causes a failover. */
  readonly guardUntil: number
  readonly evictOnConnectFailure: boolean
  /** False with `health: false`: nothing is probed, so nothing can be verified by a probe. */
  readonly activeChecks: boolean
}

/** Picks one of the candidates; already guarded against throwing and against answers that are not candidates. */
export type Choose = (candidates: readonly Endpoint[], active: Endpoint | undefined) => Endpoint | undefined

export type Decision =
  | { readonly kind: 'stay'; readonly observerSuspect: boolean; readonly recheckAt: number | undefined }
  | { readonly kind: 'deactivate'; readonly reason: SwitchReason }
  | {
      readonly kind: 'switch'
      readonly to: string
      readonly reason: SwitchReason
      readonly voluntary: boolean
      readonly graceMs: number
    }
