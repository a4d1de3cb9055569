import type { HealthEffect } from '../health/health-event.ts'
import type { HealthState } from '../health/health-state.ts'

/** Good probes that a voluntary move may be waiting for. */
const COUNTED_GOOD_PROBES = 4

/** Whether a change of health can wait to be looked at: one more good probe of an endpoint that is well, say. */
export const changesNothingAtOnce = (
  before: HealthState,
  after: HealthState,
  effects: readonly HealthEffect[],
): boolean =>
  effects.length === 0 &&
  before.phase === after.phase &&
  before.stalePrimary === after.stalePrimary &&
  before.goodProbes >= COUNTED_GOOD_PROBES &&
  before.capabilityProven === after.capabilityProven &&
  before.notEligible === after.notEligible &&
  before.confirming === after.confirming &&
  before.dataConnectionLost === after.dataConnectionLost &&
  before.steady.since === after.steady.since
