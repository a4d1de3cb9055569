/** Why an endpoint's health changed, or what speaks against it. A closed union: see `docs/reference/events.md`. */
export type HealthReason =
  | 'authentication-failed'
  | 'busy'
  | 'check-failed'
  | 'cluster-down'
  | 'command-failures'
  | 'connect-timeout'
  | 'connection-lost'
  | 'connection-refused'
  | 'connections-refused'
  | 'host-unreachable'
  | 'loading'
  | 'local-fault'
  | 'master-down'
  | 'misconfigured-persistence'
  | 'name-not-found'
  | 'no-replicas'
  | 'out-of-memory'
  | 'probe-succeeded'
  | 'probe-timeout'
  | 'protocol-error'
  | 'read-only'
  | 'reply-received'
  | 'silence'
  | 'stale-primary'
  | 'tls-error'
  | 'too-many-connections'
  | 'topology-not-ok'

/**
 * How much one observation weighs:
 * `none` says nothing about health; `local` is our own machine's fault; `soft` is one strike; `hard` asks for a
 * confirming probe on a fresh connection; `conclusive` is DOWN at once; `not-writable` takes the endpoint's writability;
 * `refuses-connections` says that new connections are not accepted, which is conclusive only while no connection of ours
 * still answers.
 */
export type EvidenceWeight = 'none' | 'local' | 'soft' | 'hard' | 'conclusive' | 'not-writable' | 'refuses-connections'

/** One observation about an endpoint. */
export interface Evidence {
  readonly weight: EvidenceWeight
  readonly reason: HealthReason
  /** In words, for `explain()` and error causes; never holds credentials, keys or values. */
  readonly message: string
}

/** The observation that says nothing. */
export const noEvidence: Evidence = { weight: 'none', reason: 'reply-received', message: 'a reply arrived' }
