// What a user of the core needs to test strategies and checks, or to simulate a group on a virtual clock.
export { VirtualClock, type VirtualClockOptions } from './testing/virtual-clock.ts'
export { seededRandom } from './testing/seeded-random.ts'
export {
  createScriptedAdapter,
  type ScriptedAdapter,
  type ScriptedAdapterOptions,
} from './testing/scripted/scripted-adapter.ts'
export type { ScriptedClient, ScriptedConnection, ScriptedOptions } from './testing/scripted/scripted-connection.ts'
export type { ExecutedCommand, ScriptedEndpoint, ScriptedMode } from './testing/scripted/scripted-endpoint.ts'
export type { ScriptedPubSub } from './testing/scripted/scripted-pub-sub.ts'
export { ScriptedClientError, type ScriptedErrorKind } from './testing/scripted/scripted-errors.ts'
// Whole simulations: random faults, a workload and operators, with every invariant watched.
export {
  simulate,
  type SimulateOptions,
  type SimulationReport,
  type Violation,
} from './testing/simulation/simulate.ts'
export type {
  FaultKind,
  HostilityKind,
  OperationKind,
  TrafficKind,
} from './testing/simulation/plan/features.ts'
// For listening to all of them.
export { eventNames } from './events/event-names.ts'
// The pure parts of the core, for simulations and for tests of their laws.
export { averageRoundTrip, latencyWindow, twoRandomChoices } from './selection/latency.ts'
export { smoothWeighted } from './selection/smooth-weighted.ts'
export { SlidingWindow } from './detector/sliding-window.ts'
export { FailureDetector } from './detector/failure-detector.ts'
export { RetryBudget } from './retry/retry-budget.ts'
export { reduceHealth } from './health/reduce-health.ts'
export { decide } from './failover/decide.ts'
