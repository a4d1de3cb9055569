import type { ErrorVerdict } from '../adapter/error-verdict.ts'

/** How deep an error may be wrapped by the function that failed. */
const MAX_DEPTH = 5

/**
 * The verdict on what a function of the user's failed with. An error of its own says nothing about the connection, unless
 * it wraps one that does. Where the connection is gone and the error is not known, what was sent may have executed.
 */
export const judgeFailure = (
  error: unknown,
  isUsable: boolean,
  classify: (error: unknown) => ErrorVerdict,
): ErrorVerdict => {
  let outermost: ErrorVerdict | undefined
  let current = error
  for (let depth = 0; depth < MAX_DEPTH && current !== undefined && current !== null; depth++) {
    const verdict = classify(current)
    outermost ??= verdict
    if (isTelling(verdict, isUsable)) return verdict
    current = current instanceof Error ? current.cause : undefined
  }
  const { retry, evidence } = outermost ?? classify(error)
  return { attempt: 'answered', retry, evidence: { ...evidence, weight: 'none' } }
}

const isTelling = ({ attempt, evidence }: ErrorVerdict, isUsable: boolean): boolean => {
  if (attempt === 'answered') return evidence.weight !== 'none'
  // What a client does not know counts as ambiguous; on a connection that works, it is the function's own error.
  return attempt !== 'ambiguous' || evidence.weight !== 'none' || !isUsable
}
