import { FailoverGroup } from '../../../failover-group.ts'
import { type ResolvedOptions, resolveOptions } from '../../../options/resolve-options.ts'
import { asPrepared } from '../../../selection/prepared-strategy.ts'
import { createScriptedAdapter } from '../../scripted/scripted-adapter.ts'
import type { ScriptedClient, ScriptedOptions } from '../../scripted/scripted-connection.ts'
import { seededRandom } from '../../seeded-random.ts'
import { VirtualClock } from '../../virtual-clock.ts'
import type { InvariantSettings } from '../invariants/invariant.ts'
import { leaseInvariant } from '../invariants/leases.ts'
import { messagesInvariant } from '../invariants/messages.ts'
import { Draw } from '../plan/draw.ts'
import type { FaultKind } from '../plan/features.ts'
import type { SimulationPlan } from '../plan/plan.ts'
import { settingsOf } from '../settings-of.ts'
import { FaultDriver } from './fault-driver.ts'
import { addHostileListeners, withHostileCode } from './hostile-code.ts'
import { Ledger } from './ledger.ts'
import { Operators } from './operators.ts'
import { Publisher } from './publisher.ts'
import { Servers } from './servers.ts'
import type { SimulatedGroup } from './simulated-group.ts'
import { Workload } from './workload.ts'

/** Who wants to hear what happens in the world. */
export interface WorldObserver {
  readonly onStep: () => void
  readonly violate: (invariant: number, text: string) => void
  /** No ids where it happened to ourselves. */
  readonly onFault: (kind: FaultKind, ids: readonly string[], detail?: string) => void
  readonly onHealed: (kind: FaultKind, ids: readonly string[]) => void
  readonly onOperation: (text: string) => void
}

/** All parts of a simulation's world, not started yet. */
export interface BuiltWorld {
  readonly plan: SimulationPlan
  readonly world: SimulatedGroup
  readonly servers: Servers
  readonly faults: FaultDriver
  readonly operators: Operators
  readonly workload: Workload
  readonly publisher: Publisher | undefined
  readonly resolved: ResolvedOptions<ScriptedOptions>
  readonly settings: InvariantSettings
  readonly addHostileListeners: () => void
}

/** Makes the group that the plan describes, and everything around it. @throws ConfigurationError */
export const buildWorld = (seed: number | string, plan: SimulationPlan, observer: WorldObserver): BuiltWorld => {
  const draw = (of: string): Draw => new Draw(`${of} ${seed}`)
  const clock = new VirtualClock({ onStep: observer.onStep })
  const ledger = new Ledger(clock)
  const adapter = createScriptedAdapter({
    clock,
    latency: plan.latencyMs,
    random: seededRandom(`adapter ${seed}`),
    keepInLog: (executed) => {
      ledger.executed(executed)
      return false
    },
  })
  const options = withHostileCode(plan.group, plan.hostilities, draw('hostile'))
  const resolved = resolveOptions(options)
  const group = new FailoverGroup<ScriptedClient, ScriptedOptions>(adapter, {
    ...options,
    runtime: { clock, random: seededRandom(`group ${seed}`) },
  })
  const { violate } = observer
  const closedAt = new Map<number, number>()
  group.on('connection-closed', ({ connectionId }) => void closedAt.set(connectionId, clock.now()))
  const world: SimulatedGroup = {
    clock,
    adapter,
    group,
    route: group.createRoute(),
    ledger,
    violate,
    messages: messagesInvariant(violate),
    leases: leaseInvariant({
      report: violate,
      isClosedNow: (connectionId) => closedAt.get(connectionId) === clock.now(),
      isOpen: (connectionId, endpointId) =>
        // An operator who drains in this very moment may be quicker than whoever has just been given the connection.
        plan.hostilities.includes('meddling-listener') ||
        operators.lastAt === clock.now() ||
        adapter.endpoint(endpointId).connections.some(({ id, isOpen }) => id === connectionId && isOpen),
    }),
  }
  const operators = new Operators(world, plan, draw('operators'), observer.onOperation)
  const ids = plan.group.endpoints.map(({ id }) => id)
  const timeoutMs = Math.min(...resolved.endpoints.map(({ health }) => health.timeout), 10_000)
  const servers = new Servers(ids, { ...observer, clock, adapter, draw: draw('servers'), timeoutMs })
  return {
    plan,
    world,
    servers,
    faults: new FaultDriver(plan, servers, clock, draw('faults'), (kind, detail) => observer.onFault(kind, [], detail)),
    operators,
    workload: new Workload(world, plan, draw('workload')),
    publisher: plan.traffic.includes('subscription') ? new Publisher(servers, clock, draw('publisher')) : undefined,
    resolved,
    settings: settingsOf(resolved, plan, asPrepared(resolved.selection).mode === 'spread'),
    addHostileListeners: () => addHostileListeners(world, plan.hostilities, draw('listeners')),
  }
}
