import type { HealthSettings } from '../options/presets.ts'
import { jitter, type Random } from '../runtime/random.ts'
import { type HealthState, strikes } from './health-state.ts'

/** Probes are spread by this fraction, so that many processes do not ask at one moment. */
export const INTERVAL_JITTER = 0.1
const DOWN_JITTER = 0.2
const DOWN_FIRST_MS = 500
const DOWN_FACTOR = 1.5
/** While nothing at all is up, recovery is looked for at least this often. */
const NOTHING_UP_CAP_MS = 1000
/** While commands wait for an endpoint, at least this often. */
const WAITING_CAP_MS = 500

export interface ScheduleContext {
  /** No endpoint of the group is up. */
  readonly nothingUp: boolean
  /** Commands wait for an endpoint. */
  readonly commandsWaiting: boolean
  /** It waits out the grace before a voluntary move to it. */
  readonly inGrace: boolean
}

/** Milliseconds from the end of one regular probe to the start of the next. */
export const nextProbeDelay = (
  state: HealthState,
  settings: HealthSettings,
  context: ScheduleContext,
  random: Random,
): number => {
  if (state.phase.kind === 'down') {
    // The second success follows the first soon: a recovered endpoint is not kept waiting by the back-off.
    if (state.phase.successes > 0) return jitter(random, settings.reprobe, INTERVAL_JITTER)
    const grown = Math.min(DOWN_FIRST_MS * DOWN_FACTOR ** Math.min(state.phase.failures, 20), settings.reprobeCap)
    const cap = context.commandsWaiting ? WAITING_CAP_MS : context.nothingUp ? NOTHING_UP_CAP_MS : Infinity
    return jitter(random, Math.min(grown, cap), DOWN_JITTER)
  }
  const troubled = strikes(state) > 0 || state.phase.kind === 'unknown' || !state.writable
  if (troubled) return jitter(random, settings.reprobe, INTERVAL_JITTER)
  // An endpoint that hangs for one second of every two answers each second probe of one a second.
  return jitter(random, context.inGrace ? settings.interval / 2 : settings.interval, INTERVAL_JITTER)
}
