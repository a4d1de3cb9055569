import type { AttemptOutcome } from '../adapter/error-verdict.ts'
import type { Random } from '../runtime/random.ts'
import { fullJitterDelay } from './backoff.ts'

/** All that the decision about a failed attempt depends on. */
export interface AttemptFacts {
  readonly outcome: AttemptOutcome
  /** Where a `rejected` attempt may go: `switch-only` is for the caller unless the endpoint was left. */
  readonly retry: 'active' | 'switch-only'
  readonly unit: 'command' | 'pipeline' | 'transaction' | 'blocking'
  /** It may run twice: read-only, or declared idempotent. */
  readonly repeatable: boolean
  /** 1 for the first. */
  readonly attempt: number
  readonly maxAttempts: number
  /** The connection was lost, or the endpoint was left since the attempt. */
  readonly endpointLeft: boolean
  /** The endpoint is still in use, and has lived through such a loss shortly before. */
  readonly keepsLosing: boolean
}

export type RetryDecision =
  /** The error is the caller's. */
  | { readonly action: 'give-up' }
  /** It may have executed, and must not run twice: the caller has to know. */
  | { readonly action: 'ambiguous' }
  /** Send it again after `delayMs`; `free` where the budget is not charged. */
  | { readonly action: 'retry'; readonly delayMs: number; readonly free: boolean }

/**
 * What becomes of a failed attempt. A write that may have executed is never repeated: a hung server executes it when it
 * resumes, even after its connection was destroyed. Pure. See section 9 of the semantics, `docs/concepts/retries.md`.
 */
export const decideRetry = (facts: AttemptFacts, random: Random): RetryDecision => {
  const { outcome, unit, endpointLeft } = facts
  if (outcome === 'answered') return { action: 'give-up' }
  if (outcome === 'ambiguous' && !(facts.repeatable && unit !== 'transaction')) return { action: 'ambiguous' }
  // One entry of a pipeline was refused; the others may have run.
  if (outcome === 'rejected' && unit === 'pipeline' && !facts.repeatable) return { action: 'give-up' }
  if (outcome === 'rejected' && facts.retry === 'switch-only' && !endpointLeft) return { action: 'give-up' }
  if (facts.attempt >= facts.maxAttempts) return { action: 'give-up' }
  // The first repeat because the endpoint was left is owed to the failover, not to an endpoint in trouble: it waits for
  // nothing and costs nothing. The budget limits repeats against endpoints that are up. Whether a lost connection is a
  // death is not known yet, unless the endpoint has shown already that it loses them and lives.
  const free = endpointLeft && facts.attempt === 1 && !facts.keepsLosing
  return { action: 'retry', free, delayMs: endpointLeft ? 0 : fullJitterDelay(facts.attempt - 1, random) }
}
