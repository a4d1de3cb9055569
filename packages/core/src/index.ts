// Use it
export { FailoverGroup, type FailoverGroupHooks } from './failover-group.ts'
export type {
  FailoverGroupOptions,
  HealthOptions,
  RetryOptions,
  DetectorOptions,
  StartOptions,
} from './options/group-options.ts'
export type { PoolOptions } from './options/pool-options.ts'
export type { Lease } from './pool/lease.ts'
export type { AcquireOptions, EndpointWish } from './pool/lease-request.ts'
export type { ExecuteContext, ExecuteFunction, ExecuteOptions } from './pool/execute.ts'
export {
  presets,
  type DetectorSettings,
  type FailbackSettings,
  type HealthSettings,
  type Preset,
  type PresetName,
} from './options/presets.ts'
export type {
  Endpoint,
  EndpointConfig,
  EndpointHealthOptions,
  EndpointState,
  HealthStatus,
} from './endpoint/endpoint.ts'
export type { EndpointSnapshot, GroupSnapshot, PoolSnapshot } from './endpoint/snapshot.ts'
export type { ProbeRecord } from './endpoint/probe-history.ts'
export type { EndpointUpdate } from './failover/operator.ts'

// Listen
export type { EventName, EventPayloads, FailoverEvent, SwitchReason } from './events/event-map.ts'
export type { EventStream } from './events/event-stream.ts'
export type { HealthReason } from './health/evidence.ts'

// Strategies
export { firstAvailable } from './selection/strategies/first-available.ts'
export { leastInFlight } from './selection/strategies/least-in-flight.ts'
export { nearest } from './selection/strategies/nearest.ts'
export { preferZone } from './selection/strategies/prefer-zone.ts'
export { random } from './selection/strategies/random-choice.ts'
export { roundRobin } from './selection/strategies/round-robin.ts'
export { spread } from './selection/strategies/spread.ts'
export { weighted } from './selection/strategies/weighted.ts'
export { weightedByLatency } from './selection/strategies/weighted-by-latency.ts'
export type {
  Operation,
  Picker,
  PreparedStrategy,
  SelectionContext,
  SelectionFunction,
  SelectionStrategy,
} from './selection/selection-strategy.ts'

// Health checks
export { command } from './health/checks/command.ts'
export { composite } from './health/checks/composite.ts'
export { http } from './health/checks/http.ts'
export { keyValue } from './health/checks/key-value.ts'
export { lagAware } from './health/checks/lag-aware.ts'
export { modules } from './health/checks/modules.ts'
export { ping } from './health/checks/ping.ts'
export { replicationLag } from './health/checks/replication-lag.ts'
export { replicationEcho } from './health/checks/replication-echo.ts'
export { role } from './health/checks/role.ts'
export { setGet } from './health/checks/set-get.ts'
export type { CheckPeers } from './health/check-peers.ts'
export {
  healthy,
  unhealthy,
  type CheckResult,
  type HealthCheck,
  type HealthCheckContext,
  type HealthCheckFunction,
} from './health/health-check.ts'

// Errors
export { PeerUnavailableError } from './errors/peer-error.ts'
export {
  AmbiguousResultError,
  ConfigurationError,
  ConnectionLostError,
  ConnectTimeoutError,
  FailoverError,
  type FailoverErrorCode,
  GroupClosedError,
  NoEndpointAvailableError,
  StartFailedError,
  StrategyError,
  SubscriptionRefusedError,
  SwitchRefusedError,
  UnknownEndpointError,
  UnsupportedOperationError,
  WaitingQueueFullError,
} from './errors.ts'
export { LeaseReleasedError, PoolExhaustedError } from './errors/lease-errors.ts'

export { CursorLostError, DurabilityUnknownError } from './errors/connection-bound-errors.ts'
export { CommandAbortedError, CommandTimeoutError, type EndedCall } from './errors/call-errors.ts'

// Write an adapter
export type {
  AdapterConnection,
  ClientAdapter,
  CommandArgument,
  ConnectionPurpose,
  ConnectionRequest,
} from './adapter/client-adapter.ts'
export type { EndpointKind, TopologyQuestion, TopologyReport } from './adapter/topology-report.ts'
export type {
  MessageHandler,
  SubscriberHandlers,
  SubscriberLink,
  SubscriptionKind,
  SubscriptionName,
} from './adapter/subscriber-link.ts'
export type { Subscriber } from './pubsub/subscriber.ts'
export { type ServerDirectory, ServersLink } from './pubsub/servers-link.ts'
export { hashSlot } from './pubsub/hash-slot.ts'
export {
  evidenceForSystemError,
  serverErrorCode,
  verdictForLostConnection,
  verdictForServerError,
  verdictForUnsent,
} from './adapter/classify-error.ts'
export type { AttemptOutcome, ErrorVerdict } from './adapter/error-verdict.ts'
export type { Evidence, EvidenceWeight } from './health/evidence.ts'
export { checkFieldTypes, type FieldType } from './options/check-field-types.ts'
export { hideSecrets } from './adapter/hide-secrets.ts'
export { GROUP_OPTION_NAMES } from './options/resolve-options.ts'
export type { ManagedConnection } from './connections/managed-connection.ts'
export { Call, type CallCarrier, type CallSubject, PromisedCall, TaskCall } from './routing/call.ts'
export type { CallLimits } from './routing/call-limits.ts'
export type { Deadlines } from './routing/deadlines.ts'
export type { RouteOptions } from './routing/route-ports.ts'
export { CursorBook } from './routing/cursor-book.ts'
export { UnconfirmedWrites } from './routing/unconfirmed-writes.ts'
export type { CommandRoute } from './routing/command-route.ts'
export { nameEndpoint } from './routing/name-endpoint.ts'
export { ConnectionName } from './routing/connection-name.ts'
export type { CommandTask, CommandUnit, FailedAttempt } from './routing/command-task.ts'
export {
  blockingTimeoutMs,
  setBlockingTimeout,
  commandCategory,
  type CommandCategory,
  isBlockingCommand,
  isConnectionStateCommand,
  isReadOnlyCommand,
  isReplicaReadCommand,
  mayBlock,
  mayHoldConnectionState,
  mayNeedCare,
} from './retry/commands/index.ts'
export type { Clock, Timer } from './runtime/clock.ts'
export type { Random } from './runtime/random.ts'
