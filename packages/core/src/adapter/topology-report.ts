/**
 * What stands behind one endpoint's client:
 * `single` one connection to one server, whose loss is the connection's end;
 * `pool` several connections to one server: losing one is evidence about the server, and the others go on;
 * `managed` several servers that look after themselves (Cluster, Sentinel): trouble with one of them, or with a connection
 * to it, is never evidence against the endpoint.
 */
export type EndpointKind = 'single' | 'pool' | 'managed'

/** What a client that looks after several servers by itself (Cluster, Sentinel) finds when it looks at all of them. */
export interface TopologyReport {
  /**
   * Cluster: `cluster_state` is ok at more than half of the primaries that answered. Sentinel: a primary was found, and says
   * itself that it is one. How many primaries answer is judged by the core.
   */
  readonly ok: boolean
  /** Primaries that there are; 1 with Sentinel. */
  readonly primaries: number
  /** Primaries that answered in time. */
  readonly answering: number
  /** What was found, in words: nothing secret. */
  readonly message: string
}

export interface TopologyQuestion {
  /** Aborted when nobody waits for the report any more. */
  readonly signal: AbortSignal
  /** Milliseconds within which the report should be there, with whoever answered by then. */
  readonly timeoutMs: number
}
