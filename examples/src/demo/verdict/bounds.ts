import { defaults, shortened } from '../settings.ts'
import type { Observation } from './observation.ts'

/** What each measure of one fault may be at the most. Milliseconds. */
export interface Bounds {
  readonly detectedMs: number
  readonly switchedMs: number
  readonly backMs: number
  /** Writes whose outcome may be unknown: those that were in flight on what was lost, or none. */
  readonly ambiguous: 'in-flight' | 'none'
}

const { health, failback } = defaults
/** Probes are spread by 10 %, those of an endpoint that is DOWN by 20 %; the grace by up to 10 %. */
const JITTER = 1.1
const DOWN_JITTER = 0.2
const DOWN_FIRST_MS = 500
const DOWN_FACTOR = 1.5
/** The longest wait between probes while commands wait for an endpoint. */
const WAITING_CAP_MS = 500
/** One round trip on loopback, with room for the machine. */
const AT_ONCE_MS = 100
/** A lost connection, and the refusal of one that should replace it. */
const REPLACEMENT_REFUSED_MS = 1000
/** Good probes before a voluntary move, beside the first, which is the one that finds the endpoint up. */
const FURTHER_GOOD_PROBES = 2

const hangMs = health.suspicion + (health.fall - 1) * health.timeout + (health.fall - 2) * JITTER * health.reprobe
const freshProbeMs = JITTER * shortened.freshProbeInterval + health.timeout

/**
 * The longest wait for the next probe of an endpoint that was DOWN for this long: the waits grow by half each time, so
 * the most probes, and with them the longest wait, come from the shortest ones before.
 */
export const longestReprobeMs = (downMs: number): number => {
  let wait = DOWN_FIRST_MS
  for (let spent = wait * (1 - DOWN_JITTER); spent <= downMs; spent += wait * (1 - DOWN_JITTER)) wait *= DOWN_FACTOR
  return Math.min(wait, health.reprobeCap) * (1 + DOWN_JITTER)
}

/** How long the preferred endpoint must have been up before the group moves back to it. */
export const graceMs = (deaths: number): number =>
  Math.min(shortened.grace * 2 ** (Math.max(1, deaths) - 1), failback.graceMax) * JITTER

/** From the semantics of the group at its defaults: see `docs/concepts`. */
export const boundsOf = (observation: Observation): Bounds => {
  const { fault, healedAt, detectedAt, switchedAt } = observation
  const lastSwitchAt = Math.max(switchedAt ?? healedAt, fault === 'all-down' ? healedAt : 0)
  const stayMs = Math.max(0, lastSwitchAt + failback.minStay - healedAt)
  const moveBackMs = (upAgainMs: number): number =>
    Math.max(
      stayMs,
      upAgainMs + Math.max(graceMs(observation.deaths), FURTHER_GOOD_PROBES * JITTER * health.interval),
    ) + AT_ONCE_MS
  const upAgainMs = longestReprobeMs(healedAt - (detectedAt ?? healedAt)) + JITTER * health.reprobe
  switch (fault) {
    case 'crash':
      return { detectedMs: AT_ONCE_MS, switchedMs: AT_ONCE_MS, backMs: moveBackMs(upAgainMs), ambiguous: 'in-flight' }
    case 'hang':
      return { detectedMs: hangMs, switchedMs: hangMs, backMs: moveBackMs(upAgainMs), ambiguous: 'in-flight' }
    case 'drain':
      return { detectedMs: AT_ONCE_MS, switchedMs: AT_ONCE_MS, backMs: moveBackMs(0), ambiguous: 'none' }
    case 'password':
      return {
        detectedMs: freshProbeMs,
        switchedMs: REPLACEMENT_REFUSED_MS,
        backMs: moveBackMs(freshProbeMs),
        ambiguous: 'in-flight',
      }
    case 'all-down':
      return {
        detectedMs: AT_ONCE_MS,
        switchedMs: WAITING_CAP_MS * (1 + DOWN_JITTER) + health.timeout,
        backMs: moveBackMs(upAgainMs),
        ambiguous: 'in-flight',
      }
  }
}

/** On a busy machine, the worst of several runs may exceed the bound of a time by this much. */
export const toleratedMs = (boundMs: number): number => boundMs + Math.max(150, boundMs / 4)
