import { type LoadOutcome, type LoadReport, succeeded } from '@redis-endpoint-failover/testkit/load'

/** A stretch, on the clock of `performance.now()`, in which nothing of one kind succeeded. */
export interface Outage {
  readonly from: number
  /** Infinity where nothing had succeeded when the run ended. */
  readonly to: number
}

/** The time between the last success and the end of a run that is no outage: commands come every 20 ms at least. */
const silenceAtTheEndMs = 500

export const lengthOf = ({ from, to }: Outage): number => to - from

/** The longest stretch of the window without a success. Successes before and after the window play no part. */
export function longestOutage(outcomes: readonly LoadOutcome[], from: number, until: number): Outage {
  const times = succeeded(outcomes)
    .map(({ settledAt }) => settledAt!)
    .filter((at) => at >= from && at <= until)
    .sort((a, b) => a - b)
  const last = times.at(-1) ?? from
  if (until - last > silenceAtTheEndMs) return { from: last, to: Number.POSITIVE_INFINITY }
  let longest: Outage = { from, to: from }
  for (const [index, to] of times.entries()) {
    const gap = { from: times[index - 1] ?? from, to }
    if (lengthOf(gap) > lengthOf(longest)) longest = gap
  }
  return longest
}

/** The time without service: reads and writes must both succeed, so the longer of the two counts. */
export function timeWithoutService({ reads, incrs }: LoadReport, from: number, until: number): Outage {
  const ofReads = longestOutage(reads, from, until)
  const ofIncrs = longestOutage(incrs, from, until)
  return lengthOf(ofReads) > lengthOf(ofIncrs) ? ofReads : ofIncrs
}

/** Whether reads and writes have both gone on without a break for so many milliseconds. */
export const isServed = (report: LoadReport, now: number, forMs: number): boolean =>
  lengthOf(timeWithoutService(report, now - forMs, now)) < silenceAtTheEndMs
