import { type ErrorVerdict, verdictForServerError } from '@redis-endpoint-failover/core'
import type { CommandObject } from './internals.ts'

/** How one command of a pipeline ended: with the raw reply, and the command that it came for, or with an error. */
export type EntryOutcome =
  | { readonly raw: unknown; readonly carrier: CommandObject; readonly error?: undefined }
  | { readonly error: Error; readonly verdict: ErrorVerdict }

const ABORTED_BECAUSE = 'EXECABORT Transaction discarded because of: '

/** A transaction that the server discarded ran nothing; why it did decides whether another server may run it. */
const verdictOfDiscard = (outcomes: readonly EntryOutcome[]): ErrorVerdict | undefined => {
  const last = outcomes.at(-1)
  if (last?.error === undefined || !last.error.message.startsWith('EXECABORT')) return undefined
  if (last.error.message.startsWith(ABORTED_BECAUSE)) {
    const inner = verdictForServerError(last.error.message.slice(ABORTED_BECAUSE.length))
    return inner.attempt === 'rejected' ? inner : undefined
  }
  for (const outcome of outcomes)
    if (outcome.error !== undefined && outcome.verdict.attempt === 'rejected') return outcome.verdict
  return undefined
}

/**
 * What the outcomes of its commands say about a pipeline or transaction as a whole; `undefined` when all were answered
 * and nothing speaks against the endpoint.
 */
export const verdictOfUnit = (outcomes: readonly EntryOutcome[], transaction: boolean): ErrorVerdict | undefined => {
  const failed = outcomes.flatMap((outcome) => (outcome.error === undefined ? [] : [outcome.verdict]))
  const first = failed[0]
  if (first === undefined) return undefined
  const ambiguous = failed.find((verdict) => verdict.attempt === 'ambiguous')
  if (ambiguous !== undefined) return ambiguous
  const notExecuted = (verdict: ErrorVerdict): boolean => verdict.attempt === 'unsent' || verdict.attempt === 'rejected'
  if (failed.length === outcomes.length && failed.every(notExecuted)) return first
  const discarded = transaction ? verdictOfDiscard(outcomes) : undefined
  if (discarded !== undefined) return discarded
  // Part of it ran: the results are the caller's as they are. What they say about the endpoint still counts.
  const telling = failed.find((verdict) => verdict.evidence.weight !== 'none')
  return telling === undefined ? undefined : { ...telling, attempt: 'answered' }
}
