import type { AttemptOutcome, ErrorVerdict } from '../adapter/error-verdict.ts'
import { AmbiguousResultError, FailoverError, type FailoverErrorCode } from '../errors.ts'
import { decideRetry, type RetryDecision } from '../retry/retry-policy.ts'
import { type CommandTask, type FailedAttempt, isRepeatable } from './command-task.ts'
import type { RoutePorts } from './route-ports.ts'

/** What the failed attempt is to be taken for. */
export const outcomeOf = <TClient>(
  ports: RoutePorts<TClient>,
  task: CommandTask<TClient, unknown>,
  { attempt }: ErrorVerdict,
): AttemptOutcome => {
  // A script that was refused half-way may have written before; that matters only where it must not run twice.
  const isRefusedScript = attempt === 'answered' && task.unit === 'command' && isRepeatable(task, ports.isIdempotent)
  return isRefusedScript ? 'rejected' : attempt
}

/** Whether a failed attempt is followed by another one, and after how long. */
export const decideRepeat = <TClient>(
  ports: RoutePorts<TClient>,
  task: CommandTask<TClient, unknown>,
  {
    outcome,
    retry,
    attempt,
    endpointLeft,
    keepsLosing,
  }: Pick<Parameters<typeof decideRetry>[0], 'outcome' | 'retry' | 'attempt' | 'endpointLeft' | 'keepsLosing'>,
): RetryDecision =>
  decideRetry(
    {
      outcome,
      retry,
      unit: task.unit,
      // A pipeline in which one command was rejected may have executed the others.
      repeatable: (outcome === 'ambiguous' || task.unit === 'pipeline') && isRepeatable(task, ports.isIdempotent),
      attempt,
      maxAttempts: ports.maxAttempts,
      endpointLeft,
      keepsLosing,
    },
    ports.random,
  )

/** What the caller gets where nobody knows whether a write was executed. */
export const ambiguousResult = <TClient>(
  { connection, error }: FailedAttempt<TClient>,
  { name }: CommandTask<TClient, unknown>,
): AmbiguousResultError => new AmbiguousResultError(name, connection.endpointId, { cause: error })

/** Errors that say of a call as a whole that it was not executed. */
const SAYS_UNSENT: ReadonlySet<string> = new Set<FailoverErrorCode>(['NO_ENDPOINT_AVAILABLE', 'WAITING_QUEUE_FULL'])

/**
 * The repeat of an attempt. Where that attempt may have executed and no further one could be made, the error must not say
 * that nothing was executed.
 */
export const keepDoubt = <TClient, T>(
  outcome: AttemptOutcome,
  failed: FailedAttempt<TClient>,
  task: CommandTask<TClient, T>,
  repeat: Promise<T>,
): Promise<T> => {
  if (outcome !== 'ambiguous' || task.readOnly) return repeat
  return repeat.catch((error: unknown) => {
    throw FailoverError.isInstance(error) && SAYS_UNSENT.has(error.code) ? ambiguousResult(failed, task) : error
  })
}
