import type { EndpointConfig, EndpointHealthOptions } from '../endpoint/endpoint.ts'
import type { HealthCheck, HealthCheckFunction } from '../health/health-check.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Random } from '../runtime/random.ts'
import type { SelectionStrategy } from '../selection/selection-strategy.ts'
import type { PoolOptions } from './pool-options.ts'
import type { FailbackSettings, PresetName } from './presets.ts'

/** Health settings of a group. Times are milliseconds; defaults come from the preset. */
export interface HealthOptions extends EndpointHealthOptions {
  /**
   * One check or several; several run one after another in one probe, and each counts for itself. Default `ping()`.
   */
  readonly check?: HealthCheck | HealthCheckFunction | readonly (HealthCheck | HealthCheckFunction)[]
}

/** How failed commands are repeated. Only what certainly did not execute, or may run twice, ever is. */
export interface RetryOptions {
  /** Attempts in all, the first included: 1 to 10. Default 3. */
  readonly attempts?: number
  /** The share of calls over 10 s that may be repeated, 0 to 1. Default 0.2. */
  readonly budget?: number
  /** Repeats that the budget allows at once, at least 1. Default 100. */
  readonly retryBurst?: number
  /**
   * Declares a command safe to run twice although it writes. Gets the command's arguments, name first; must not keep or
   * change them. Read-only commands need no declaration.
   */
  readonly isIdempotent?: (args: readonly unknown[]) => boolean
}

/** When the application's failures ask for a probe, over the preset's rule. */
export interface DetectorOptions {
  /** The least number of failures within `window` that the rate is judged on. */
  readonly minFailures?: number
  /** The share of failed calls that trips, above 0 and up to 1. */
  readonly failureRate?: number
  /** Milliseconds that outcomes are remembered. */
  readonly window?: number
}

export interface StartOptions {
  /** How many endpoints must be up before `start()` resolves. Default `one`. */
  readonly policy?: 'one' | 'majority' | 'all' | 'none'
  /** Milliseconds after which `start()` rejects. Default 10 000. */
  readonly timeout?: number
}

/** Everything that can be configured about a failover group. All times are milliseconds. */
export interface FailoverGroupOptions<TOptions = unknown> {
  /** Names the group in events and errors. Default `redis`. */
  readonly name?: string
  readonly endpoints: readonly EndpointConfig<TOptions>[]
  readonly preset?: PresetName
  /** Default `firstAvailable()`. */
  readonly selection?: SelectionStrategy
  /** The zone that this process runs in, for `preferZone`. */
  readonly zone?: string
  /** How long a command waits for an endpoint while none is available; 0 fails at once. Default 5000. */
  readonly selectionTimeout?: number
  /**
   * Milliseconds that a command, pipeline or transaction may take in all: waiting for an endpoint, attempts and pauses.
   * It holds while a server hangs. Default: none. Commands that block get their block time on top.
   */
  readonly commandTimeout?: number
  /**
   * Connections of one client for commands that block (`BLPOP`, `XREAD ... BLOCK`): one for each that is under way;
   * further ones wait, first in first out, at most `maxWaiting` of them. Default 16.
   */
  readonly maxBlockingConnections?: number
  /**
   * How many commands may wait for an endpoint, or for a place where `maxInFlight` is set; further ones are rejected at
   * once. Default 10 000.
   */
  readonly maxWaiting?: number
  /**
   * Commands of one client in flight at the most; further ones wait, first in first out, among at most `maxWaiting`. A
   * pipeline or transaction counts as one, commands that block do not count. Default: any number.
   */
  readonly maxInFlight?: number
  /** `false` turns active checks off: only the application's own commands and connections are evidence. */
  readonly health?: HealthOptions | false
  readonly detector?: DetectorOptions
  readonly failback?: Partial<FailbackSettings>
  readonly retry?: RetryOptions | false
  readonly start?: StartOptions
  /** The connections that `acquire()` and `execute()` lend. */
  readonly pool?: PoolOptions
  /** How long `drain()` and `close()` wait for commands in flight, and for leases. Default 5000. */
  readonly drainTimeout?: number
  /** Leave the active endpoint as soon as it accepts no new connections, although open ones work. Default false. */
  readonly evictOnConnectFailure?: boolean
  /**
   * A data connection with commands in flight and no progress for this long is replaced while its endpoint is healthy.
   * Default 5000, or 30 000 where the client does not show the bytes that it receives.
   */
  readonly connectionSilenceTimeout?: number
  /** How many events `group.history()` keeps. Default 1000. */
  readonly historySize?: number
  /** Time and randomness, for tests. Default: those of the process. */
  readonly runtime?: { readonly clock?: Clock; readonly random?: Random }
}
