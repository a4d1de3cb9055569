import type { EndpointMember } from '../connections/endpoint-member.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { HealthSettings } from '../options/presets.ts'
import type { Stall } from '../runtime/stall-detector.ts'
import type { GroupState } from './group-state.ts'

/** A stall is at least this long, in milliseconds, whatever the probe timeout. */
const MIN_STALL_MS = 250
/** After standing still for longer than this, the process was suspended: its sockets are verified afresh. */
const SUSPENDED_MS = 5000

export interface StalledGroup<TClient, TOptions> {
  readonly state: GroupState<TOptions>
  readonly bus: EventBus
  readonly members: ReadonlyMap<string, EndpointMember<TClient, TOptions>>
}

/** How long our own event loop must have stood still to count: half the shortest probe timeout. */
export const stallThresholdMs = (endpoints: readonly { readonly health: HealthSettings }[]): number =>
  Math.max(MIN_STALL_MS, Math.min(...endpoints.map((endpoint) => endpoint.health.timeout), Infinity) / 2)

/** After a stall of our own, trusts only conclusive evidence until every endpoint could have been probed again. */
export const guardAfterStall = <TClient, TOptions>(
  stall: Stall,
  { state, bus, members }: StalledGroup<TClient, TOptions>,
): void => {
  const durationMs = stall.to - stall.from
  bus.emit('stall-started', { startedAgoMs: durationMs })
  const settings = [...members.values()].map((member) => member.record.config.health)
  state.guardUntil = stall.to + Math.max(0, ...settings.map((health) => health.reprobe))
  if (durationMs > SUSPENDED_MS) {
    for (const member of members.values()) {
      member.monitor.dropConnection('this process was suspended')
      member.monitor.requestRegular()
    }
  }
  bus.emit('stall-ended', { durationMs })
}
