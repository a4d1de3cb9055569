import { down, failedAgain, type StrikeSettings, suspected } from './apply-evidence.ts'
import type { HealthEvent, HealthTransition } from './health-event.ts'
import type { HealthState } from './health-state.ts'

/** What the grace of a topology depends on. */
export interface TopologySettings extends StrikeSettings {
  /** Milliseconds that the topology may be out of order without interruption before the endpoint is DOWN. Default 15 000. */
  readonly topologyGrace?: number
}

const DEFAULT_GRACE_MS = 15_000

/**
 * A look at all servers of a Cluster or Sentinel endpoint found them out of order. It is DOWN when that has lasted for
 * the grace, in which its own promotion comes first. One that was never up is DOWN at once: nothing is lost by starting
 * with another, and what was never seen in order is not known to be about to recover. Pure.
 */
export const loseTopology = (
  state: HealthState,
  { evidence, since }: Extract<HealthEvent, { type: 'topology-lost' }>,
  now: number,
  { topologyGrace = DEFAULT_GRACE_MS }: TopologySettings,
): HealthTransition => {
  const seen: HealthState = { ...state, hadOutcome: true, confirming: false }
  const soft = evidence.weight === 'soft'
  if (state.phase.kind === 'down')
    return { state: { ...seen, phase: { ...failedAgain(state.phase, evidence), soft } }, effects: [] }
  const troubleSince = state.troubleSince ?? since
  if (state.phase.kind === 'unknown' || now - troubleSince >= topologyGrace) {
    return down({ ...seen, livenessStrikes: 1 }, evidence, now, since, soft)
  }
  return suspected(seen, { ...seen, livenessStrikes: 1 }, evidence, { now, since })
}
