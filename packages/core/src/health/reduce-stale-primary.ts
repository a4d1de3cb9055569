import { changed } from './apply-evidence.ts'
import type { StalePrimary } from './compare-servers.ts'
import type { HealthTransition } from './health-event.ts'
import type { HealthState } from './health-state.ts'
import { notSteady } from './steady-time.ts'

/** Another endpoint's server was promoted over this one's: it stays up, and is no place for commands. */
export const onStalePrimary = (
  state: HealthState,
  { promotedId, divergenceBytes }: StalePrimary,
  now: number,
): HealthTransition => {
  const stalePrimary: StalePrimary = Object.freeze({ promotedId, divergenceBytes })
  const next: HealthState = { ...state, stalePrimary, troubleSince: state.troubleSince ?? now }
  const message = `it is a stale primary: "${promotedId}" was promoted over it`
  return changed(state, next, 'stale-primary', message, [{ type: 'stale-primary', ...stalePrimary }])
}

/** The grace before a voluntary move begins anew: until now it was no endpoint that anybody would have moved to. */
export const clearStalePrimary = (state: HealthState, why: string): HealthTransition => {
  if (state.stalePrimary === undefined) return { state, effects: [] }
  const next: HealthState = {
    ...state,
    stalePrimary: undefined,
    capabilityProven: false,
    goodProbes: 0,
    steady: notSteady,
  }
  return changed(state, next, 'probe-succeeded', `it is no stale primary any more: ${why}`, [
    { type: 'stale-primary-cleared', why },
  ])
}
