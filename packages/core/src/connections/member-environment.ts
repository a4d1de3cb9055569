import type { ClientAdapter } from '../adapter/client-adapter.ts'
import type { EndpointRecord } from '../endpoint/endpoint-record.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { CheckPeers } from '../health/check-peers.ts'
import type { HealthCheck } from '../health/health-check.ts'
import type { HealthEvent } from '../health/health-event.ts'
import type { MonitorContext } from '../health/monitor-ports.ts'
import type { ServerIdentity } from '../health/server-identity.ts'
import type { PoolSettings } from '../options/pool-options.ts'
import type { DetectorSettings } from '../options/presets.ts'
import type { PoolCustomers } from '../pool/endpoint-pool.ts'
import type { Random } from '../runtime/random.ts'
import type { StallDetector } from '../runtime/stall-detector.ts'
import type { TimerScope } from '../runtime/timer-scope.ts'
import type { Connector } from './connector.ts'
import type { ManagedConnection } from './managed-connection.ts'

/** What all members of a group share. */
export interface MemberEnvironment<TClient, TOptions> {
  readonly adapter: ClientAdapter<TClient, TOptions>
  readonly connector: Connector<TClient, TOptions>
  readonly bus: EventBus
  readonly timers: TimerScope
  readonly stalls: StallDetector
  readonly random: Random
  readonly checks: readonly HealthCheck[]
  readonly userChecks: readonly HealthCheck[]
  readonly detector: DetectorSettings
  readonly connectionSilenceTimeout: number | undefined
  readonly pool: { readonly settings: PoolSettings; readonly drainTimeout: number; readonly customers: PoolCustomers }
  readonly apply: (record: EndpointRecord<TOptions>, event: HealthEvent) => void
  readonly context: (record: EndpointRecord<TOptions>) => MonitorContext
  readonly peers: CheckPeers
  readonly onStandbyReady: (endpointId: string) => void
  readonly onIdentity: (record: EndpointRecord<TOptions>, identity: ServerIdentity) => void
  readonly onStuck: (connection: ManagedConnection<TClient>, silentMs: number) => void
  readonly onCalls: (count: number) => void
}
