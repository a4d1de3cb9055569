import type { EndpointRecord } from '../endpoint/endpoint-record.ts'
import type { Choose } from './decision-view.ts'

/** What the controller has done by others. */
export interface ControllerPorts<TOptions> {
  /** Destroys the endpoint's connections and returns how many commands were in flight on them. */
  readonly destroyConnections: (record: EndpointRecord<TOptions>, why: string) => number
  readonly confirm: (record: EndpointRecord<TOptions>) => void
  readonly probeNow: (record: EndpointRecord<TOptions>) => void
  /** The endpoint's next probe may be due earlier now. */
  readonly probeSooner: (record: EndpointRecord<TOptions>) => void
  readonly replaceMonitor: (record: EndpointRecord<TOptions>) => void
  readonly restartMonitor: (record: EndpointRecord<TOptions>) => void
  /** The next probe's time may have changed for all. */
  readonly rescheduleMonitors: () => void
  /** Who may be routed to has changed, or may have. */
  readonly routesChanged: () => void
  readonly choose: Choose
  /** True where all endpoints serve at once, so that each death counts. */
  readonly spread: boolean
}
