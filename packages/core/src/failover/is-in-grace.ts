import type { EndpointRecord } from '../endpoint/endpoint-record.ts'
import { graceTimeMs, isLive, steadyMs } from '../health/health-state.ts'
import type { GroupState } from './group-state.ts'
import { graceMs } from './hold-down.ts'

/**
 * Whether the endpoint waits out its grace: preferred to the active one and up, but not for long enough to be moved to.
 * What hangs for a moment again and again shows only if it is asked often enough meanwhile.
 */
export const isInGrace = <TOptions>(
  state: GroupState<TOptions>,
  record: EndpointRecord<TOptions>,
  now: number,
): boolean => {
  const { active, options, records } = state
  if (options.failback.mode !== 'auto' || active === undefined || active === record || !isLive(record.health))
    return false
  if (records.indexOf(record) > records.indexOf(active)) return false
  const grace = graceMs(state.holdDown(record.id), options.failback, steadyMs(record.health, now))
  return graceTimeMs(record.health, now) < grace
}
