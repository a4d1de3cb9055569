import type { FailbackSettings } from '../options/presets.ts'
import type { Random } from '../runtime/random.ts'

/** A death is forgotten after this long up without interruption. */
export const DEATH_DECAY_MS = 600_000

/** How much the grace is spread, so that many processes do not move back at one moment. */
const GRACE_JITTER = 0.1

/** What is remembered of an endpoint's deaths while it was in use. */
export interface HoldDown {
  readonly deaths: number
  /** From 1 to 1.1, drawn anew at each death. */
  readonly spread: number
}

export const noHoldDown: HoldDown = Object.freeze({ deaths: 0, spread: 1 })

/** Deaths that still count: one fewer for each ten minutes up. */
export const countedDeaths = (holdDown: HoldDown, uninterruptedMs: number): number =>
  Math.max(0, holdDown.deaths - Math.floor(uninterruptedMs / DEATH_DECAY_MS))

/** What is left after that much time up. */
export const decayed = (holdDown: HoldDown, uninterruptedMs: number): HoldDown => ({
  ...holdDown,
  deaths: countedDeaths(holdDown, uninterruptedMs),
})

/** After a death while in use; decay is settled before. */
export const recordDeath = (holdDown: HoldDown, random: Random): HoldDown => ({
  deaths: holdDown.deaths + 1,
  spread: 1 + GRACE_JITTER * random(),
})

/**
 * How long the endpoint must have been up before a voluntary move to it: doubles with each death, up to `graceMax`, so
 * that an endpoint that comes and goes is moved to less and less often.
 */
export const graceMs = (holdDown: HoldDown, settings: FailbackSettings, uninterruptedMs: number): number => {
  const deaths = Math.max(1, countedDeaths(holdDown, uninterruptedMs))
  return Math.min(settings.grace * 2 ** (deaths - 1), settings.graceMax) * holdDown.spread
}
