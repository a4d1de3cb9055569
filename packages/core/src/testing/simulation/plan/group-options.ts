import type { EndpointConfig } from '../../../endpoint/endpoint.ts'
import { ping } from '../../../health/checks/ping.ts'
import { role } from '../../../health/checks/role.ts'
import { setGet } from '../../../health/checks/set-get.ts'
import type { FailoverGroupOptions, HealthOptions } from '../../../options/group-options.ts'
import type { SelectionStrategy } from '../../../selection/selection-strategy.ts'
import { firstAvailable } from '../../../selection/strategies/first-available.ts'
import { leastInFlight } from '../../../selection/strategies/least-in-flight.ts'
import { nearest } from '../../../selection/strategies/nearest.ts'
import { preferZone } from '../../../selection/strategies/prefer-zone.ts'
import { random } from '../../../selection/strategies/random-choice.ts'
import { roundRobin } from '../../../selection/strategies/round-robin.ts'
import { weighted } from '../../../selection/strategies/weighted.ts'
import { weightedByLatency } from '../../../selection/strategies/weighted-by-latency.ts'
import type { ScriptedOptions } from '../../scripted/scripted-connection.ts'
import type { Draw } from './draw.ts'

const NAMES = ['east', 'west', 'north', 'south', 'center']
const ZONES = ['here', 'there', undefined]

/** Keys of this kind are declared idempotent where a plan declares anything. */
export const IDEMPOTENT_PREFIX = 'last-write:'

/** A random configuration that is valid. Times are milliseconds. */
export const drawGroupOptions = (draw: Draw): FailoverGroupOptions<ScriptedOptions> => {
  const maybe = <T>(probability: number, value: () => T): T | undefined =>
    draw.chance(probability) ? value() : undefined
  const options = {
    endpoints: drawEndpoints(draw),
    preset: draw.pick(['default', 'default', 'default', 'fast', 'fast', 'wan', 'redisOfficialDefaults'] as const),
    selection: maybe(0.6, () => drawStrategy(draw)),
    zone: maybe(0.5, () => 'here'),
    health: draw.chance(0.1) ? (false as const) : drawHealth(draw),
    failback: maybe(0.4, () => ({
      mode: draw.pick(['auto', 'auto', 'auto', 'manual', 'never'] as const),
      grace: draw.pick([0, 1000, 10_000, 20_000]),
      graceMax: draw.pick([20_000, 60_000, 120_000]),
      minStay: draw.pick([0, 2000, 5000, 15_000]),
    })),
    retry: drawRetry(draw),
    commandTimeout: maybe(0.25, () => draw.pick([50, 300, 1000, 3000])),
    selectionTimeout: maybe(0.3, () => draw.pick([0, 200, 1000, 5000])),
    maxInFlight: maybe(0.15, () => draw.integer(1, 20)),
    maxWaiting: maybe(0.15, () => draw.pick([0, 1, 10, 50])),
    connectionSilenceTimeout: maybe(0.2, () => draw.pick([500, 2000, 10_000])),
    evictOnConnectFailure: draw.chance(0.2),
    drainTimeout: draw.pick([0, 100, 1000, 5000]),
    pool: maybe(0.5, () => ({
      max: draw.integer(2, 5),
      min: draw.integer(0, 2),
      validateAfter: draw.pick([0, 200, 5000]),
      idleTimeout: draw.pick([0, 3000, 30_000]),
      maxWaiting: draw.pick([2, 1000]),
      acquireTimeout: draw.pick([0, 500, 5000]),
    })),
    start: maybe(0.3, () => ({
      policy: draw.pick(['one', 'majority', 'all', 'none'] as const),
      timeout: draw.pick([500, 10_000]),
    })),
    historySize: 100,
  }
  // Where nothing was drawn, the field is left out, as a user leaves it out.
  const chosen = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(chosen) as unknown as FailoverGroupOptions<ScriptedOptions>
}

const drawEndpoints = (draw: Draw): EndpointConfig<ScriptedOptions>[] => {
  const count = draw.pick([1, 2, 2, 2, 2, 3, 3, 3, 4, 5])
  const isEqual = draw.chance(0.25)
  return NAMES.slice(0, count).map((id, index) => {
    const zone = draw.pick(ZONES)
    return {
      id,
      weight: isEqual ? 1 : draw.chance(0.2) ? draw.integer(0, 3) : count - index,
      options: {},
      ...(zone === undefined ? {} : { zone }),
    }
  })
}

const drawStrategy = (draw: Draw): SelectionStrategy =>
  draw.pick([firstAvailable, preferZone, nearest, roundRobin, random, weighted, weightedByLatency, leastInFlight])()

const drawHealth = (draw: Draw): HealthOptions => {
  const check = draw.pick([undefined, undefined, undefined, setGet(), [ping(), setGet()], role({ expect: 'master' })])
  return {
    ...(check === undefined ? {} : { check }),
    ...(draw.chance(0.15) ? { fall: draw.integer(1, 4), rise: draw.integer(1, 3) } : {}),
    ...(draw.chance(0.15) ? { freshProbeInterval: draw.pick([1000, 5000]) } : {}),
  }
}

const drawRetry = (draw: Draw): FailoverGroupOptions['retry'] => {
  if (draw.chance(0.15)) return false
  return {
    ...(draw.chance(0.2) ? { attempts: draw.integer(1, 5) } : {}),
    ...(draw.chance(0.2) ? { budget: draw.pick([0, 0.1, 1]), retryBurst: draw.integer(1, 20) } : {}),
    ...(draw.chance(0.5)
      ? { isIdempotent: (args: readonly unknown[]) => String(args[1]).startsWith(IDEMPOTENT_PREFIX) }
      : {}),
  }
}
