import type { EndpointRecord } from '../endpoint/endpoint-record.ts'
import type { EndpointSnapshot, GroupSnapshot, PoolSnapshot } from '../endpoint/snapshot.ts'
import { endpointState, healthStatus, steadyMs, strikes, takesWrites } from '../health/health-state.ts'
import type { GroupState } from './group-state.ts'
import { graceMs } from './hold-down.ts'

export interface SnapshotFacts<TOptions> {
  readonly lifecycle: GroupSnapshot['lifecycle']
  readonly waiting: number
  readonly waitingForLease: number
  readonly poolOf: (endpointId: string) => PoolSnapshot
  readonly strategy: string
  readonly now: number
  readonly describeAddress: (options: TOptions) => string
}

/** The whole group at one moment, frozen; nothing in it changes later, and nothing in it is secret. */
export const buildSnapshot = <TOptions>(state: GroupState<TOptions>, facts: SnapshotFacts<TOptions>): GroupSnapshot =>
  Object.freeze({
    name: state.options.name,
    lifecycle: facts.lifecycle,
    active: state.activeId,
    pinned: state.pinnedId,
    epoch: state.epoch,
    waiting: facts.waiting,
    waitingForLease: facts.waitingForLease,
    strategy: facts.strategy,
    endpoints: Object.freeze(state.records.map((record) => endpointSnapshot(state, record, facts))),
  })

const endpointSnapshot = <TOptions>(
  state: GroupState<TOptions>,
  record: EndpointRecord<TOptions>,
  facts: SnapshotFacts<TOptions>,
): EndpointSnapshot => {
  const { config, health, view } = record
  const uninterruptedMs = steadyMs(health, facts.now)
  return Object.freeze({
    id: config.id,
    address: facts.describeAddress(config.options),
    weight: config.weight,
    zone: config.zone,
    tags: config.tags,
    state: endpointState(health),
    status: healthStatus(health),
    active: state.activeId === config.id,
    pinned: state.pinnedId === config.id,
    strikes: strikes(health),
    generation: health.generation,
    writable: takesWrites(health),
    stalePrimary: health.stalePrimary,
    acceptsConnections: health.acceptsConnections,
    reason: health.phase.kind === 'down' ? health.phase.reason : health.lastEvidence?.reason,
    message: health.phase.kind === 'down' ? health.phase.message : health.lastEvidence?.message,
    roundTripMs: record.roundTripMs,
    commandLatencyMs: view.commandLatencyMs,
    inFlight: view.inFlight,
    pool: Object.freeze(facts.poolOf(config.id)),
    steadyMs: uninterruptedMs,
    graceMs: graceMs(state.holdDown(config.id), state.options.failback, uninterruptedMs),
    probes: Object.freeze(record.history.list()),
  })
}
