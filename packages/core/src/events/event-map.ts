import type { EndpointState } from '../endpoint/endpoint.ts'
import type { HealthReason } from '../health/evidence.ts'

/** Why the active endpoint was left, or another was chosen. A closed union. */
export type SwitchReason =
  /** The active endpoint is DOWN. */
  | 'down'
  /** The active endpoint refuses writes. */
  | 'not-writable'
  /** Another endpoint's server was promoted over that of the active one. */
  | 'stale-primary'
  /** A data connection of the active endpoint was lost and could not be replaced. */
  | 'connections-refused'
  | 'draining'
  | 'removed'
  /** Its options were changed, so that it has to be probed anew. */
  | 'reconfigured'
  /** `switchTo()`. */
  | 'operator'
  /** A preferred endpoint has been stable for its grace. */
  | 'preferred-endpoint-stable'
  /** A sticky strategy of the user's chose another endpoint. */
  | 'strategy'
  /** The first choice after `start()`, or a better one before the first command. */
  | 'start'
  /** The first endpoint that came back after all were down. */
  | 'recovered'

export type CheckConnection = 'monitor' | 'fresh'

/** The payload of each event, without the fields that all share. */
export interface EventPayloads {
  'endpoint-added': { endpointId: string; weight: number; zone: string | undefined; order: number }
  'endpoint-removed': { endpointId: string }
  'endpoint-updated': { endpointId: string; weight: number; zone: string | undefined }
  'connection-opened': { endpointId: string; connectionId: number; purpose: string; connectMs: number }
  'connection-closed': { endpointId: string; connectionId: number; purpose: string; why: string }
  /** A data connection without progress was replaced on the same endpoint, which itself answers. */
  'connection-replaced': { endpointId: string; connectionId: number; silentMs: number }
  /** New connections fail although an established one answers. */
  'connections-refused': { endpointId: string; reason: HealthReason; message: string }
  /** New connections are accepted again. */
  'connections-accepted': { endpointId: string }
  'check-started': { endpointId: string; check: string; connection: CheckConnection }
  'check-succeeded': { endpointId: string; check: string; connection: CheckConnection; roundTripMs: number }
  'check-failed': {
    endpointId: string
    check: string
    connection: CheckConnection
    reason: HealthReason
    message: string
  }
  'health-changed': {
    endpointId: string
    from: EndpointState
    to: EndpointState
    reason: HealthReason | 'draining' | 'resumed' | 'removed' | 'reconfigured'
    message: string
    strikes: number
    generation: number
    writable: boolean
  }
  /** The group took its first endpoint, or its first after none could be used. Nothing was left for it. */
  activated: { to: string; reason: 'start' | 'recovered'; epoch: number }
  /** The active endpoint was left because it could not serve any more, or by an operator. */
  failover: {
    from: string
    to: string
    reason: SwitchReason
    /** Milliseconds from the first sign of trouble to the decision; 0 where the operator decided. */
    detectionMs: number
    /**
     * Milliseconds from the decision until new commands were directed to the new endpoint; 0 in practice. Where no warm
     * standby was ready, waiting commands go out only when one is connected.
     */
    switchMs: number
    /**
     * Every command in flight on the old endpoint when it was given up, reads included; reads are repeated. 0 where it was
     * left for another reason than that it is DOWN.
     */
    ambiguousInFlight: number
    epoch: number
  }
  /** A voluntary move to an endpoint that is preferred and has been stable for its grace. */
  failback: { from: string; to: string; reason: SwitchReason; graceMs: number; epoch: number }
  /** The active endpoint was given up and no other can take over: commands wait. */
  deactivated: { from: string; reason: SwitchReason; epoch: number }
  pinned: { endpointId: string }
  unpinned: { endpointId: string; reason: 'operator' | 'failed' | 'removed' | 'draining' }
  'all-down': { causes: Readonly<Record<string, string>> }
  recovered: { endpointId: string; downForMs: number }
  'stall-started': { startedAgoMs: number }
  'stall-ended': { durationMs: number }
  /** Evidence that points at this machine or its network rather than at an endpoint. */
  'observer-suspect': { endpointId: string | undefined; message: string }
  /** Two endpoints turned out to be one server. */
  'same-server': { endpointIds: readonly [string, string]; runId: string }
  /**
   * Another endpoint's server was promoted over this one's, and both are primaries: no commands go there any more.
   * `divergenceBytes` of its replication stream are missing at the promoted one; `undefined` where that cannot be told.
   */
  'stale-primary': { endpointId: string; promotedId: string; divergenceBytes: number | undefined }
  /** It follows a primary again, or there is none any more that was promoted over it. */
  'stale-primary-cleared': { endpointId: string; why: string }
  /** Several endpoints are primaries where one is expected. Nothing is switched for it. */
  'multiple-primaries': { endpointIds: readonly string[] }
  retry: {
    endpointId: string
    command: string
    attempt: number
    outcome: 'unsent' | 'rejected' | 'ambiguous'
    delayMs: number
  }
  'retry-budget-exhausted': { endpointId: string; command: string }
  /**
   * The subscriptions of one client come from another connection now: to another endpoint, or to the same one. Messages that
   * were published within the gap may be missing; none came or comes twice.
   */
  'subscriptions-moved': {
    from: string
    to: string
    channels: number
    patterns: number
    shardChannels: number
    /** Milliseconds from when the old connection was last known to deliver, until the new subscription was confirmed. */
    gapMs: number
    epoch: number
  }
  'drain-started': { endpointId: string; inFlight: number }
  'drain-finished': { endpointId: string; abandoned: number }
  /** Something of the user's (listener, strategy, check) threw, or the group met an error it could go on from. */
  error: { endpointId: string | undefined; error: Error }
}

export type EventName = keyof EventPayloads

/** The fields that every event has. */
export interface EventBase<Name extends EventName = EventName> {
  readonly type: Name
  /** Strictly increasing within the group. */
  readonly seq: number
  /** Wall-clock milliseconds since the epoch. */
  readonly at: number
  /** The group's name. */
  readonly group: string
}

/** One event, by name. */
export type FailoverEvent<Name extends EventName = EventName> = {
  [N in Name]: EventBase<N> & Readonly<EventPayloads[N]>
}[Name]

/** Signatures for eventemitter3. */
export type EventListeners = { [N in EventName]: (event: FailoverEvent<N>) => void }
