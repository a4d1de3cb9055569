import type { EndpointRecord } from '../endpoint/endpoint-record.ts'
import type { Evidence } from '../health/evidence.ts'
import { isLive } from '../health/health-state.ts'
import type { Monitor } from '../health/monitor.ts'
import { growingDelay } from '../retry/backoff.ts'
import { EndpointConnections } from './endpoint-connections.ts'
import type { ManagedConnection } from './managed-connection.ts'
import type { MemberEnvironment } from './member-environment.ts'

const RECONNECT = { firstMs: 200, capMs: 5000 }

export interface MemberParts<TClient, TOptions> {
  readonly record: EndpointRecord<TOptions>
  readonly environment: MemberEnvironment<TClient, TOptions>
  /** Asked for later: the monitor is made after the connections. */
  readonly monitor: () => Monitor
  readonly connect: (purpose: 'data' | 'lease') => Promise<ManagedConnection<TClient>>
  readonly evidenceOf: (error: unknown) => Evidence
  /** A pooled connection did not answer. */
  readonly onSilent: () => void
  /** A connection could not be opened; the endpoint's health knows already. */
  readonly onOpenFailed: () => void
}

/** The application's connections to one endpoint, bound to its health: who may be lent, and what a failed connect says. */
export const makeMemberConnections = <TClient, TOptions>({
  record,
  environment,
  monitor,
  connect,
  evidenceOf,
  onSilent,
  onOpenFailed,
}: MemberParts<TClient, TOptions>): EndpointConnections<TClient> => {
  const { timers, random, onStandbyReady, apply, adapter, pool } = environment
  const isUsable = (): boolean => isLive(record.health) && !record.health.confirming
  const inService = (): boolean => record.health.operator === 'in-service'
  const opening = {
    onOpenFailed: (error: unknown): void => {
      apply(record, {
        type: 'probe-failed',
        generation: record.health.generation,
        kind: 'fresh',
        connecting: true,
        evidence: evidenceOf(error),
        capability: undefined,
        connectionAnswers: monitor().connectionAnswers(timers.clock.now()),
        since: timers.clock.now(),
      })
      onOpenFailed()
    },
    onOpened: (): void => {
      // New connections are accepted again, it seems; a probe tells, and makes the endpoint a target again.
      if (!record.health.acceptsConnections) monitor().requestFresh()
    },
    retryLater: (failures: number, callback: () => void): (() => void) =>
      timers.set(growingDelay(failures, random, RECONNECT), callback).cancel,
  }
  return new EndpointConnections<TClient>({
    ...opening,
    open: () => connect('data'),
    wanted: () => isUsable() && record.health.operator !== 'removed',
    onReady: () => onStandbyReady(record.id),
    pool: {
      ...opening,
      ...pool,
      endpointId: record.id,
      timers,
      open: () => connect('lease'),
      canLend: () => isUsable() && inService(),
      isUp: () => record.health.phase.kind === 'up' && inService(),
      inService,
      generation: () => record.health.generation,
      validationTimeout: () => record.config.health.timeout,
      isAnswer: (error) => ['answered', 'rejected'].includes(adapter.classifyError(error).attempt),
      onSilent,
    },
  })
}
