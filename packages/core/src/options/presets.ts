/** How one endpoint is probed. All times are milliseconds. */
export interface HealthSettings {
  /** From the end of one probe to the start of the next, spread by 10 %. */
  readonly interval: number
  /** How long one probe may take. */
  readonly timeout: number
  /** Strikes in a row that mean DOWN. */
  readonly fall: number
  /** Successes in a row that end DOWN; 1 while nothing at all is up. */
  readonly rise: number
  /** From a strike to the next probe. */
  readonly reprobe: number
  /** Age of a silent command in flight that triggers a probe at once. */
  readonly suspicion: number
  /** How long connecting may take, handshake included. */
  readonly connectTimeout: number
  /** How often a new connection is tried beside the established ones. */
  readonly freshProbeInterval: number
  /** The longest wait between probes of an endpoint that is DOWN. */
  readonly reprobeCap: number
  /** How long a Cluster or Sentinel endpoint may be out of order before it is DOWN: its own promotion comes first. */
  readonly topologyGrace: number
  /** Primaries of a Cluster that must answer. */
  readonly minHealthyPrimaries: number | 'all'
}

/** When a preferred endpoint is moved back to. All times are milliseconds. */
export interface FailbackSettings {
  /** `auto`: by itself. `manual`: only by `group.failback()`. `never`: only by `switchTo()`. */
  readonly mode: 'auto' | 'manual' | 'never'
  /** How long an endpoint must have been up without interruption; doubles with each death while it was active. */
  readonly grace: number
  readonly graceMax: number
  /** The shortest time between two voluntary moves. */
  readonly minStay: number
}

/** When the application's own failures ask for a probe. */
export interface DetectorSettings {
  /** Milliseconds that failures are remembered. */
  readonly window: number
  /** Failures in a row that trip at once; `undefined` where only the rate counts. */
  readonly consecutiveFailures: number | undefined
  /** The least number that the rate is judged on: calls, or failures where `minFailures` was configured. */
  readonly minimum: number
  readonly counts: 'calls' | 'failures'
  /** From 0 to 1. */
  readonly failureRate: number
}

export interface Preset {
  readonly health: HealthSettings
  readonly failback: FailbackSettings
  readonly detector: DetectorSettings
}

/** The names of the presets. */
export type PresetName = 'default' | 'fast' | 'wan' | 'redisOfficialDefaults'

const HEALTH: HealthSettings = {
  interval: 1000,
  timeout: 500,
  fall: 3,
  rise: 2,
  reprobe: 200,
  suspicion: 250,
  connectTimeout: 1250,
  freshProbeInterval: 30_000,
  reprobeCap: 5000,
  topologyGrace: 15_000,
  minHealthyPrimaries: 'all',
}

const FAILBACK: FailbackSettings = { mode: 'auto', grace: 10_000, graceMax: 300_000, minStay: 5000 }

const DETECTOR: DetectorSettings = {
  window: 10_000,
  consecutiveFailures: 5,
  minimum: 20,
  counts: 'calls',
  failureRate: 0.5,
}

/**
 * The figures behind each preset: `default` for most, `fast` within one data centre, `wan` across regions, and
 * `redisOfficialDefaults` with the figures that the failover modes of Redis' own clients share, for people who come
 * from them.
 */
export const presets: Readonly<Record<PresetName, Preset>> = {
  default: { health: HEALTH, failback: FAILBACK, detector: DETECTOR },
  fast: {
    health: { ...HEALTH, interval: 500, timeout: 250, fall: 2, reprobe: 100, suspicion: 125 },
    failback: FAILBACK,
    detector: DETECTOR,
  },
  wan: {
    health: {
      ...HEALTH,
      interval: 5000,
      timeout: 2000,
      reprobe: 500,
      suspicion: 1000,
      connectTimeout: 3000,
      freshProbeInterval: 60_000,
      reprobeCap: 15_000,
    },
    failback: FAILBACK,
    detector: DETECTOR,
  },
  redisOfficialDefaults: {
    health: { ...HEALTH, interval: 5000, timeout: 1000, reprobe: 500, suspicion: 1000 },
    failback: { ...FAILBACK, grace: 60_000 },
    detector: { window: 2000, consecutiveFailures: undefined, minimum: 1000, counts: 'failures', failureRate: 0.1 },
  },
}
