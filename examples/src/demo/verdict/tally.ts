import { AmbiguousResultError } from '@redis-endpoint-failover/core'
import type { LoadOutcome, LoadReport } from '@redis-endpoint-failover/testkit/load'
import type { Observation } from './observation.ts'

/** What became of the commands that were sent during one fault. */
export interface Tally {
  readonly reads: number
  readonly writes: number
  readonly readsFailed: number
  /** Rejected with "it may have executed". */
  readonly writesAmbiguous: number
  /** Writes on their way when the connections were lost: no more may be ambiguous. */
  readonly writesInFlight: number
  /** Rejected with anything else. */
  readonly writesFailed: number
  readonly writesExecutedTwice: number
  /** Reads and writes that failed before anything was done to connections, where the fault alone must harm nothing. */
  readonly failedBeforeLoss: number
  readonly unsettled: number
}

const mayHaveExecuted = ({ error }: LoadOutcome): boolean => AmbiguousResultError.isInstance(error)

const hasFailed = ({ error }: LoadOutcome): boolean => error !== undefined

const count = (outcomes: readonly LoadOutcome[], matches: (outcome: LoadOutcome) => boolean): number =>
  outcomes.filter(matches).length

/**
 * Counts the commands of one fault.
 *
 * @param repeatedIds the INCRs that servers executed more than once
 */
export const tally = (observation: Observation, report: LoadReport, repeatedIds: ReadonlySet<string>): Tally => {
  const { startedAt, endedAt, faultAt, provokedAt } = observation
  const isOurs = ({ sentAt }: LoadOutcome): boolean => sentAt >= startedAt && sentAt < endedAt
  const reads = report.reads.filter(isOurs)
  const writes = report.incrs.filter(isOurs)
  const all = [...reads, ...writes]
  const lostFrom = provokedAt ?? faultAt
  const lostUntil = lossEndedAt(observation)
  return {
    reads: reads.length,
    writes: writes.length,
    readsFailed: count(reads, hasFailed),
    writesAmbiguous: count(writes, mayHaveExecuted),
    writesInFlight: count(
      writes,
      ({ sentAt, settledAt }) => sentAt <= lostUntil && (settledAt === undefined || settledAt >= lostFrom),
    ),
    writesFailed: count(writes, (outcome) => hasFailed(outcome) && !mayHaveExecuted(outcome)),
    writesExecutedTwice: count(writes, ({ id }) => repeatedIds.has(id)),
    failedBeforeLoss:
      provokedAt === undefined
        ? 0
        : count(all, (outcome) => hasFailed(outcome) && (outcome.settledAt ?? Infinity) < provokedAt),
    unsettled: count(all, ({ settledAt }) => settledAt === undefined),
  }
}

/** Until when commands may have been in flight on what was lost. */
const lossEndedAt = ({ fault, faultAt, detectedAt, switchedAt }: Observation): number =>
  (fault === 'all-down' ? detectedAt : switchedAt) ?? faultAt
