import { type Executions, failed, type LoadReport, succeeded, unsettled } from '@redis-endpoint-failover/testkit/load'

/** What became of the commands of one run. */
export interface CommandCounts {
  readonly failedReads: number
  /** Writes that failed so that nobody can tell whether they executed. */
  readonly ambiguous: number
  /** Writes that failed with an error by which they have not executed. */
  readonly refused: number
  /** Writes that the servers executed more than once. */
  readonly duplicates: number
  /** Writes that were acknowledged and are on no server that counts. */
  readonly lost: number
  /** Writes that executed although their error says they did not. */
  readonly denied: number
  /** Commands that came to nothing at all. */
  readonly unsettled: number
}

/** Errors of node-redis for commands that were never written, and replies of the server itself. */
const provesNotExecuted = new Set([
  'TimeoutError',
  'ClientOfflineError',
  'ClientClosedError',
  'SimpleError',
  'BlobError',
])

/** Whether a write that failed with this error may have executed, as far as its caller can tell. */
export function mayHaveExecuted(error: unknown): boolean {
  const { maybeExecuted, name } = error as { maybeExecuted?: unknown; name?: unknown }
  // Our own errors say so themselves.
  if (typeof maybeExecuted === 'boolean') return maybeExecuted
  // The errors of node-redis have no name of their own, those of ioredis no class; an unknown error proves nothing.
  return name !== 'ReplyError' && !provesNotExecuted.has((error as object).constructor.name)
}

/** @param executions how often the servers executed each INCR of the report */
export function countCommands(report: LoadReport, executions: readonly Executions[]): CommandCounts {
  const totals = new Map(executions.map(({ id, total }) => [id, total]))
  const isExecuted = ({ id }: { id: string }): boolean => (totals.get(id) ?? 0) > 0
  const failures = failed(report.incrs)
  const refused = failures.filter(({ error }) => !mayHaveExecuted(error))
  return {
    failedReads: failed(report.reads).length,
    ambiguous: failures.length - refused.length,
    refused: refused.length,
    duplicates: executions.filter(({ total }) => total > 1).length,
    lost: succeeded(report.incrs).filter((outcome) => !isExecuted(outcome)).length,
    denied: refused.filter(isExecuted).length,
    unsettled: unsettled(report.reads).length + unsettled(report.incrs).length,
  }
}
