/** The six states of an endpoint. `suspect` has strikes against it but is not DOWN yet. */
export type EndpointState = 'unknown' | 'up' | 'suspect' | 'down' | 'draining' | 'removed'

/** The three words for an endpoint's health that dashboards know. */
export type HealthStatus = 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN'

/**
 * An endpoint as selection strategies see it. The object is immutable but for the two getters at the end, which read
 * live counters.
 */
export interface Endpoint {
  readonly id: string
  /** Preference: higher wins. */
  readonly weight: number
  readonly zone: string | undefined
  readonly tags: Readonly<Record<string, string>>
  readonly state: EndpointState
  /** False on an endpoint that refuses writes (a replica, a full server) or would lose them (a stale primary). */
  readonly writable: boolean
  /** Position in configuration order, for ties. */
  readonly order: number
  /** Average round trip of probes in milliseconds; `undefined` until the first one since it was last DOWN. */
  readonly roundTripMs: number | undefined
  /** Monotonic milliseconds since which the endpoint has been up without interruption; `undefined` while it is not. */
  readonly upSince: number | undefined
  /** Commands in flight on the endpoint now. Live. */
  readonly inFlight: number
  /** Peak-sensitive average of application command latency in milliseconds; `undefined` without recent samples. Live. */
  readonly commandLatencyMs: number | undefined
}

/** An endpoint as the user configures it. */
export interface EndpointConfig<TOptions = unknown> {
  /** Unique and stable: events, metrics and operator calls name the endpoint by it. */
  readonly id: string
  /** The client's own options for this endpoint, merged over `clientOptions`. */
  readonly options: TOptions
  /** Preference, at least 0; higher wins; equal weights keep configuration order. Default 1. */
  readonly weight?: number
  /** Where the endpoint is, for `preferZone`. */
  readonly zone?: string
  /** Free labels for strategies of your own. */
  readonly tags?: Readonly<Record<string, string>>
  /** Health settings for this endpoint alone, over those of the group. */
  readonly health?: EndpointHealthOptions
  /** Preset for this endpoint alone: a local one beside a far one. */
  readonly preset?: 'default' | 'fast' | 'wan' | 'redisOfficialDefaults'
}

/** The health settings that can differ from endpoint to endpoint. Times are milliseconds. */
export interface EndpointHealthOptions {
  readonly interval?: number
  readonly timeout?: number
  readonly fall?: number
  readonly rise?: number
  readonly reprobe?: number
  readonly suspicion?: number
  readonly connectTimeout?: number
  readonly freshProbeInterval?: number
  /** Cluster and Sentinel: how long the topology must have been out of order before the endpoint is DOWN. */
  readonly topologyGrace?: number
  /** Cluster: how many primaries must answer. Default `all`. */
  readonly minHealthyPrimaries?: number | 'all'
}
