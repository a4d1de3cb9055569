import { type ErrorVerdict, verdictForServerError } from '@redis-endpoint-failover/core'

/** One command of a pipeline that ended in an error. */
export interface EntryFailure {
  readonly index: number
  readonly error: Error
  readonly verdict: ErrorVerdict
}

const ABORTED_BECAUSE = 'EXECABORT Transaction discarded because of: '

/** A transaction that the server discarded ran nothing; why it did decides whether another server may run it. */
const verdictOfDiscard = (failures: readonly EntryFailure[], exec: number): ErrorVerdict | undefined => {
  const message = failures.find(({ index }) => index === exec)?.error.message
  if (message?.startsWith('EXECABORT') !== true) return undefined
  if (!message.startsWith(ABORTED_BECAUSE))
    return failures.find(({ verdict }) => verdict.attempt === 'rejected')?.verdict
  const inner = verdictForServerError(message.slice(ABORTED_BECAUSE.length))
  return inner.attempt === 'rejected' ? inner : undefined
}

/**
 * What the failures of its `size` commands say about a pipeline or transaction as a whole; `undefined` when the results
 * are the caller's and nothing speaks against the endpoint.
 */
export const verdictOfUnit = (
  size: number,
  failures: readonly EntryFailure[],
  transaction: boolean,
): ErrorVerdict | undefined => {
  const verdicts = failures.map(({ verdict }) => verdict)
  const ambiguous = verdicts.find(({ attempt }) => attempt === 'ambiguous')
  if (ambiguous !== undefined) return ambiguous
  if (verdicts.length === size && verdicts.every(({ attempt }) => attempt !== 'answered')) return verdicts[0]
  const discarded = transaction ? verdictOfDiscard(failures, size - 1) : undefined
  if (discarded !== undefined) return discarded
  // Part of it ran: the results are the caller's as they are. What they say about the endpoint still counts.
  const telling = verdicts.find(({ evidence }) => evidence.weight !== 'none')
  return telling === undefined ? undefined : { ...telling, attempt: 'answered' }
}
