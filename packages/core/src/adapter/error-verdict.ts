import type { Evidence } from '../health/evidence.ts'

/**
 * What is known about an attempt that failed:
 * `unsent` it was never written; `rejected` the server refused the call itself, so it did not execute;
 * `ambiguous` it was written and no reply came; `answered` the server ran it and this error is its answer, which
 * belongs to the caller.
 */
export type AttemptOutcome = 'unsent' | 'rejected' | 'ambiguous' | 'answered'

/** What one error says about the attempt and about the endpoint. */
export interface ErrorVerdict {
  readonly attempt: AttemptOutcome
  /**
   * Where the attempt may go next, for `rejected`: `active` waits for the endpoint that is active then; `switch-only`
   * reaches the caller unless a switch follows (out of memory, no permission, ...).
   */
  readonly retry: 'active' | 'switch-only'
  readonly evidence: Evidence
}
