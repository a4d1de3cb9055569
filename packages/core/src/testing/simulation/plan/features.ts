/** What can be wrong with an endpoint. Most last for a while and then heal; those that end by themselves are marked. */
export const ENDPOINT_FAULTS = [
  'hung',
  /** Answers late, in a way that a probe may or may not wait for. */
  'slow',
  /** Answers later than usual, and well within every probe's time: nothing may follow from it. */
  'a-little-slow',
  'crashed',
  'refusing',
  'resetting',
  'loading',
  'read-only',
  'wrong-password',
  'too-many-connections',
  'name-not-found',
  /** At once over. */
  'connections-killed',
  /** Ten times a second. */
  'kill-storm',
  /** At once over: one connection passes nothing any more, and neither side notices. */
  'connection-half-open',
  'flapping-hard',
  'flapping-softly',
  /** Another endpoint is its replica, and is promoted without its knowledge. */
  'stale-primary',
] as const

/** What can be wrong with ourselves, or with everything at once. */
export const GROUP_FAULTS = ['stall', 'stalls-again-and-again', 'wall-clock-jump', 'all-hung', 'all-crashed'] as const

export type FaultKind = (typeof ENDPOINT_FAULTS)[number] | (typeof GROUP_FAULTS)[number]

/** Nothing may follow from these: no DOWN, no switch. */
export const HARMLESS_FAULTS: ReadonlySet<FaultKind> = new Set<FaultKind>(['a-little-slow', 'stall', 'wall-clock-jump'])

/** What the application does. */
export const TRAFFIC = [
  'echo',
  'get',
  'set',
  'push',
  'idempotent-set',
  'set-if-absent',
  'pipeline',
  'read-pipeline',
  'transaction',
  'lease',
  'execute',
  'subscription',
] as const

export type TrafficKind = (typeof TRAFFIC)[number]

/** What operators do. */
export const OPERATIONS = [
  'drain',
  'resume',
  'remove',
  'add',
  'update-weight',
  'reconfigure',
  'switch-to',
  'switch-to-forced',
  'switch-to-unpinned',
  'unpin',
  'failback',
  'look',
  'nonsense',
  'close-early',
] as const

export type OperationKind = (typeof OPERATIONS)[number]

/** What the user's own code does that it should not. */
export const HOSTILITIES = [
  'throwing-listener',
  'rejecting-listener',
  'meddling-listener',
  'throwing-strategy',
  'illegal-strategy',
  'undecided-strategy',
  'throwing-check',
  'hanging-check',
  'moody-check',
] as const

export type HostilityKind = (typeof HOSTILITIES)[number]
