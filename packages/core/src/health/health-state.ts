import type { EndpointState, HealthStatus } from '../endpoint/endpoint.ts'
import type { StalePrimary } from './compare-servers.ts'
import type { Evidence, HealthReason } from './evidence.ts'
import { graceTimeAt, notSteady, type SteadyTime, steadyTimeAt } from './steady-time.ts'

/** What the observations so far amount to. Each variant carries only its own data. Times are monotonic milliseconds. */
export type HealthPhase =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'up'; readonly since: number }
  | { readonly kind: 'suspect'; readonly since: number }
  | {
      readonly kind: 'down'
      readonly since: number
      /** The latest reason; the first one is in the event. */
      readonly reason: HealthReason
      readonly message: string
      /** True where the server merely did not answer, so that it may be our own network that is at fault. */
      readonly soft: boolean
      /** Successes in a row since. */
      readonly successes: number
      /** Failed probes since; the wait for the next grows with it. */
      readonly failures: number
    }

/** Everything known about the health of one endpoint. */
export interface HealthState {
  readonly phase: HealthPhase
  /** What the operator asked for; kept apart from health, which goes on being watched while an endpoint drains. */
  readonly operator: 'in-service' | 'draining' | 'removed'
  /** Changes each time the endpoint goes DOWN or is reconfigured: what was started under an older one is ignored. */
  readonly generation: number
  /** Strikes from probes that timed out, silence and lost connections. */
  readonly livenessStrikes: number
  /** Strikes of checks that prove an ability, by name; only the same check clears them. */
  readonly capabilityStrikes: Readonly<Record<string, number>>
  /** A connection was lost, and the confirming probe has not answered yet. */
  readonly confirming: boolean
  /** When a confirming probe last found the endpoint alive after a loss; anew with each generation. */
  readonly survivedLossAt: number | undefined
  /** Confirming probes in a row that met a lost connection again. */
  readonly failedConfirmations: number
  /** Confirming probes in a row that did not find the host name. */
  readonly nameFailures: number
  /** False where the server refuses writes. */
  readonly writable: boolean
  readonly notWritableReason: HealthReason | undefined
  /** Another endpoint's server was promoted over this one's: what is written here will be lost. */
  readonly stalePrimary: StalePrimary | undefined
  /** False while new connections fail although an established one answers. */
  readonly acceptsConnections: boolean
  /** An application connection was lost while new ones were refused: the endpoint cannot serve. */
  readonly dataConnectionLost: boolean
  /** Why an eligibility check says no; `undefined` where none does. */
  readonly notEligible: string | undefined
  /** Whether an ability check (write, role) has passed since the endpoint came up. */
  readonly capabilityProven: boolean
  /** Probes that passed since the endpoint came up, the one that found it up included. */
  readonly goodProbes: number
  readonly steady: SteadyTime
  /** First sign of the present trouble. */
  readonly troubleSince: number | undefined
  readonly lastSuccessAt: number | undefined
  readonly lastEvidence: Evidence | undefined
  /** Whether any probe has ended yet. */
  readonly hadOutcome: boolean
}

/** The state of an endpoint that nothing is known about yet. */
export const initialHealth: HealthState = Object.freeze<HealthState>({
  phase: { kind: 'unknown' },
  operator: 'in-service',
  generation: 1,
  livenessStrikes: 0,
  capabilityStrikes: {},
  confirming: false,
  survivedLossAt: undefined,
  failedConfirmations: 0,
  nameFailures: 0,
  writable: true,
  notWritableReason: undefined,
  stalePrimary: undefined,
  acceptsConnections: true,
  dataConnectionLost: false,
  notEligible: undefined,
  capabilityProven: false,
  goodProbes: 0,
  steady: notSteady,
  troubleSince: undefined,
  lastSuccessAt: undefined,
  lastEvidence: undefined,
  hadOutcome: false,
})

/** Strikes in all: liveness, and the worst ability check. */
export const strikes = (state: HealthState): number =>
  state.livenessStrikes + Math.max(0, ...Object.values(state.capabilityStrikes))

/** The state that the outside sees. */
export const endpointState = (state: HealthState): EndpointState =>
  state.operator === 'in-service' ? state.phase.kind : state.operator

/** The same in the three words of dashboards. */
export const healthStatus = (state: HealthState): HealthStatus => {
  if (state.phase.kind === 'unknown') return 'UNKNOWN'
  return state.phase.kind === 'down' ? 'UNHEALTHY' : 'HEALTHY'
}

/** Two losses within this time that an endpoint survives are trouble of its own, not a death. */
const LOSSES_WITHIN_MS = 10_000

/**
 * Whether the endpoint loses connections again and again and lives: repeats because of a further loss are then against an
 * endpoint that is up, and owed to no failover.
 */
export const keepsLosing = ({ phase, survivedLossAt }: HealthState, now: number): boolean =>
  phase.kind !== 'down' && survivedLossAt !== undefined && now - survivedLossAt <= LOSSES_WITHIN_MS

/** Milliseconds that the endpoint has been up without interruption. */
export const steadyMs = (state: HealthState, now: number): number => steadyTimeAt(state.steady, now)

/** Milliseconds of it that count towards the grace: two failed probes soon after each other start that anew. */
export const graceTimeMs = (state: HealthState, now: number): number => graceTimeAt(state.steady, now)

/** Whether writes may go there: the server takes them, and they are not lost. */
export const takesWrites = (state: HealthState): boolean => state.writable && state.stalePrimary === undefined

export const isLive = (state: HealthState): boolean => state.phase.kind === 'up' || state.phase.kind === 'suspect'
