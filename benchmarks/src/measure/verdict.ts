import { median } from './statistics.ts'

/**
 * How a measure is judged.
 * - `time`: the median is at most the bound, the worst at most the bound plus the larger of 150 ms and 25 %. Fewer than
 *   five runs have no median worth the name: then the worst alone decides.
 * - `count`: every run is at most the bound.
 * - `ratio`: the median is at least the bound.
 * - `information`: shown, not judged.
 */
export type Rule = 'time' | 'count' | 'ratio' | 'information'

export interface Measure {
  readonly label: string
  readonly rule: Rule
  /** The least or most that is allowed; milliseconds for a `time`. Of no meaning for `information`. */
  readonly bound: number
}

export interface Judgement {
  readonly median: number
  /** The largest value; the smallest one of a ratio. */
  readonly worst: number
  readonly met: boolean
}

const slackMs = 150
const slackShare = 0.25
const repeatedShare = 0.1
const runsForMedian = 5

/** The most that the worst run may take. */
export const worstBound = (bound: number): number => bound + Math.max(slackMs, bound * slackShare)

/** @param medianFrom from how many runs on the median of a time counts */
export function judge({ rule, bound }: Measure, values: readonly number[], medianFrom = runsForMedian): Judgement {
  const middle = median(values)
  const worst = rule === 'ratio' ? Math.min(...values) : Math.max(...values)
  // Written so that NaN, and so a run that measured nothing, never passes.
  const isMet: Record<Rule, boolean> = {
    time: (middle <= bound || values.length < medianFrom) && worst <= worstBound(bound),
    count: worst <= bound,
    ratio: middle >= bound,
    information: true,
  }
  return { median: middle, worst, met: values.length > 0 && isMet[rule] }
}

/**
 * How many runs may be repeated because our own process stood still meanwhile: 10 %, and one in any case, because no
 * figure of fewer than ten runs could be repeated at all otherwise.
 */
export const repeatsAllowed = (runs: number): number => Math.max(1, Math.floor(runs * repeatedShare))
