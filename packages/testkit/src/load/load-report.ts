/** One command of a load, from the moment it was issued. Times are on the clock of `performance.now()`. */
export interface LoadOutcome {
  /** The key; used by no other INCR, so that a value above 1 shows a second execution. */
  readonly id: string
  readonly sentAt: number
  /** `undefined` while no reply or error has come. */
  readonly settledAt: number | undefined
  readonly reply: unknown
  readonly error: unknown
}

/** What became of every command of a load. */
export interface LoadReport {
  readonly startedAt: number
  readonly endedAt: number
  readonly reads: readonly LoadOutcome[]
  readonly incrs: readonly LoadOutcome[]
}

/** Commands that got a reply. */
export const succeeded = (outcomes: readonly LoadOutcome[]): LoadOutcome[] =>
  outcomes.filter(({ settledAt, error }) => settledAt !== undefined && error === undefined)

/** Commands that rejected, whatever with. */
export const failed = (outcomes: readonly LoadOutcome[]): LoadOutcome[] =>
  outcomes.filter(({ error }) => error !== undefined)

/** Commands that rejected with "it may have executed". */
export const ambiguous = (outcomes: readonly LoadOutcome[]): LoadOutcome[] =>
  failed(outcomes).filter(({ error }) => (error as { maybeExecuted?: unknown }).maybeExecuted === true)

/** Commands without any outcome when the report was made. */
export const unsettled = (outcomes: readonly LoadOutcome[]): LoadOutcome[] =>
  outcomes.filter(({ settledAt }) => settledAt === undefined)

/** The longest time in milliseconds that one of these commands took until it settled, well or not. */
export const longestLatencyMs = (outcomes: readonly LoadOutcome[]): number =>
  outcomes.reduce((longest, { sentAt, settledAt }) => Math.max(longest, (settledAt ?? Infinity) - sentAt), 0)

/** The longest time in milliseconds between two successes that follow each other: how long the application saw an outage. */
export const longestGapMs = (outcomes: readonly LoadOutcome[]): number => {
  const times = succeeded(outcomes)
    .map(({ settledAt }) => settledAt ?? 0)
    .sort((a, b) => a - b)
  return times.reduce((longest, time, i) => Math.max(longest, time - (times[i - 1] ?? time)), 0)
}
