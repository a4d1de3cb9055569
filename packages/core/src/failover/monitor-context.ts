import type { EndpointRecord } from '../endpoint/endpoint-record.ts'
import { isLive } from '../health/health-state.ts'
import type { MonitorContext } from '../health/monitor-ports.ts'
import type { GroupEngine } from './group-engine.ts'
import { isInGrace } from './is-in-grace.ts'

/** What an endpoint's monitor wants to know of the group around it. */
export const monitorContext = <TClient, TOptions>(
  record: EndpointRecord<TOptions>,
  { state, room, leasing, timers }: Pick<GroupEngine<TClient, TOptions>, 'state' | 'room' | 'leasing' | 'timers'>,
): MonitorContext => ({
  nothingUp: !state.records.some((other) => isLive(other.health)),
  commandsWaiting: room.count + leasing.desk.waiting > 0,
  isActive: state.activeId === record.id,
  comparesServers: state.records.length > 1,
  // Asked once for each probe, where the rest is asked more often.
  get inGrace() {
    return isInGrace(state, record, timers.clock.now())
  },
})
