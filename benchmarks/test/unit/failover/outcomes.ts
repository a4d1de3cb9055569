import type { LoadOutcome, LoadReport } from '@redis-endpoint-failover/testkit/load'

/** A command that was answered at this moment. */
export const answered = (settledAt: number, id = 'key'): LoadOutcome => ({
  id,
  sentAt: settledAt - 1,
  settledAt,
  reply: 1,
  error: undefined,
})

export const failedWith = (error: unknown, id = 'key'): LoadOutcome => ({ ...answered(1, id), error, reply: undefined })

export const open = (id = 'key'): LoadOutcome => ({ ...answered(1, id), settledAt: undefined, reply: undefined })

/** Answers every `step` milliseconds, but for one stretch. */
export const steady = (until: number, step: number, except: { from: number; to: number }): LoadOutcome[] =>
  Array.from({ length: Math.floor(until / step) + 1 }, (_, index) => index * step)
    .filter((at) => at <= except.from || at >= except.to)
    .map((at) => answered(at))

export const reportOf = (reads: readonly LoadOutcome[], incrs: readonly LoadOutcome[]): LoadReport => ({
  startedAt: 0,
  endedAt: 10_000,
  reads,
  incrs,
})
