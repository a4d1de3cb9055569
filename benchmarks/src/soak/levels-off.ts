/** One look at something that must not grow without end. */
export interface Point {
  /** Seconds since the start. */
  readonly at: number
  readonly value: number
}

export interface LevelRule {
  /** What the second half may grow by, as a share of its own median. */
  readonly share: number
  /** What it may grow by in any case: one more socket is no leak. */
  readonly least: number
}

export interface LevelVerdict {
  readonly levelsOff: boolean
  /** Growth over the second half of the run, by the fitted line. */
  readonly growth: number
  readonly allowed: number
  readonly median: number
  readonly why: string
}

/** Fewer than this in the second half say nothing. */
const FEWEST_POINTS = 10

const medianOf = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/**
 * The slope that half of all pairs of points lie above (Theil and Sen): a few high samples in the middle of a fault do not
 * tilt it, as they would a least-squares line.
 */
export const slopeOf = (points: readonly Point[]): number => {
  const slopes: number[] = []
  for (const [index, one] of points.entries())
    for (const other of points.slice(index + 1))
      if (other.at > one.at) slopes.push((other.value - one.value) / (other.at - one.at))
  return slopes.length === 0 ? Number.NaN : medianOf(slopes)
}

/**
 * Whether a series levels off: over the second half of the run, where everything has been used before, its line may climb
 * by a share of its median, or by `least`, whichever is more. A leak of something per command or per fault climbs on. Too
 * few samples are no proof. Pure.
 */
export const judgeLevel = (points: readonly Point[], { share, least }: LevelRule): LevelVerdict => {
  const from = points[0]?.at ?? 0
  const to = points.at(-1)?.at ?? 0
  const half = points.filter(({ at }) => at >= (from + to) / 2)
  const median = half.length === 0 ? Number.NaN : medianOf(half.map(({ value }) => value))
  const growth = slopeOf(half) * (to - (half[0]?.at ?? to))
  const allowed = Math.max(share * median, least)
  const verdict = { growth, allowed, median }
  if (half.length < FEWEST_POINTS)
    return { ...verdict, levelsOff: false, why: `${half.length} samples in the second half are too few to tell` }
  // Written so that NaN is a failure.
  const levelsOff = growth <= allowed
  return { ...verdict, levelsOff, why: levelsOff ? 'levels off' : 'goes on growing' }
}
