/**
 * A second failed probe within this time is no coincidence: the endpoint comes and goes. As long as the failure detector's
 * window; a probe lost now and then over a bad line is further from the next one.
 */
const UNSTEADY_WITHIN_MS = 10_000

/**
 * Uninterrupted time up, for the grace before a voluntary move. A failed probe pauses it, a second one soon after starts
 * the grace anew; going DOWN starts all of it anew.
 */
export interface SteadyTime {
  readonly bankedMs: number
  /** `undefined` while it is paused. */
  readonly since: number | undefined
  /** When a probe failed last. */
  readonly failedAt?: number
  /** What of it was before the present grace began; 0 by default. It still counts for the decay of deaths. */
  readonly beforeGraceMs?: number
}

export const notSteady: SteadyTime = Object.freeze({ bankedMs: 0, since: undefined })

/** Milliseconds up without interruption. */
export const steadyTimeAt = ({ bankedMs, since }: SteadyTime, now: number): number =>
  bankedMs + (since === undefined ? 0 : now - since)

/** Milliseconds of it that count towards the present grace. */
export const graceTimeAt = (steady: SteadyTime, now: number): number =>
  steadyTimeAt(steady, now) - (steady.beforeGraceMs ?? 0)

/** After a success. */
export const resumedSteady = (steady: SteadyTime, now: number): SteadyTime =>
  steady.since === undefined ? { ...steady, since: now } : steady

/** After something spoke against the endpoint. */
export const pausedSteady = (steady: SteadyTime, now: number): SteadyTime => {
  const bankedMs = steadyTimeAt(steady, now)
  const again = steady.failedAt !== undefined && now - steady.failedAt <= UNSTEADY_WITHIN_MS
  return { bankedMs, since: undefined, failedAt: now, beforeGraceMs: again ? bankedMs : (steady.beforeGraceMs ?? 0) }
}
