import type { ErrorVerdict } from '../adapter/error-verdict.ts'
import { AmbiguousResultError } from '../errors.ts'
import { decideRetry, type RetryDecision } from '../retry/retry-policy.ts'
import { type CommandTask, type FailedAttempt, isRepeatable } from './command-task.ts'
import type { RoutePorts } from './route-ports.ts'

type Outcome = ErrorVerdict['attempt']

/** Whether a failed attempt is followed by another one, and after how long. */
export const decideRepeat = <TClient>(
  ports: RoutePorts<TClient>,
  task: CommandTask<TClient, unknown>,
  {
    outcome,
    retry,
    attempt,
    endpointLeft,
  }: Pick<Parameters<typeof decideRetry>[0], 'outcome' | 'retry' | 'attempt' | 'endpointLeft'>,
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
    },
    ports.random,
  )

/** Takes one repeat from the budget, and says so; throws the attempt's error, marked, where the budget is used up. */
export const beginRepeat = <TClient>(
  ports: RoutePorts<TClient>,
  task: CommandTask<TClient, unknown>,
  { connection, error, attempt }: FailedAttempt<TClient>,
  outcome: Exclude<Outcome, 'answered'>,
  { free, delayMs }: { readonly free: boolean; readonly delayMs: number },
): void => {
  const { endpointId } = connection
  if (!free && !ports.takeFromBudget()) {
    ports.onBudgetExhausted(endpointId, task.name)
    if (typeof error === 'object' && error !== null && Object.isExtensible(error))
      Object.assign(error, { retryBudgetExhausted: true })
    throw error
  }
  ports.onRetry({ endpointId, command: task.name, attempt, outcome, delayMs })
}

/** What the caller gets where nobody knows whether a write was executed. */
export const ambiguousResult = <TClient>(
  { connection, error }: FailedAttempt<TClient>,
  { name }: CommandTask<TClient, unknown>,
): AmbiguousResultError => new AmbiguousResultError(name, connection.endpointId, { cause: error })
