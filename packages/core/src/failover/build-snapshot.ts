import type { EndpointRecord } from '../endpoint/endpoint-record.ts'
import type { EndpointSnapshot, GroupSnapshot, PoolSnapshot } from '../endpoint/snapshot.ts'
import { endpointState, graceTimeMs, healthStatus, steadyMs, strikes, takesWrites } from '../health/health-state.ts'
import type { GroupEngine } from './group-engine.ts'
import type { GroupState } from './group-state.ts'
import { graceMs } from './hold-down.ts'

/** What a snapshot shows beside the state. */
interface SnapshotFacts<TOptions> {
  readonly poolOf: (endpointId: string) => PoolSnapshot
  readonly now: number
  readonly describeAddress: (options: TOptions) => string
}

/** The whole group at one moment, frozen; nothing in it changes later, and nothing in it is secret. */
export const buildSnapshot = <TClient, TOptions>(
  { state, room, leasing, members, strategy, timers, adapter }: GroupEngine<TClient, TOptions>,
  lifecycle: GroupSnapshot['lifecycle'],
): GroupSnapshot => {
  const { desk } = leasing
  const facts: SnapshotFacts<TOptions> = {
    poolOf: (id) => ({ ...members.get(id)!.connections.pool.counts, waiting: desk.waitingFor(id) }),
    now: timers.clock.now(),
    describeAddress: (options) => adapter.describeAddress(options),
  }
  return Object.freeze({
    name: state.options.name,
    lifecycle,
    active: state.activeId,
    pinned: state.pinnedId,
    epoch: state.epoch,
    waiting: room.count,
    waitingForLease: desk.waiting,
    strategy: strategy.name,
    endpoints: Object.freeze(state.records.map((record) => endpointSnapshot(state, record, facts))),
  })
}

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
    steadyMs: graceTimeMs(health, facts.now),
    graceMs: graceMs(state.holdDown(config.id), state.options.failback, uninterruptedMs),
    probes: Object.freeze(record.history.list()),
  })
}
