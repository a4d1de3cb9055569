import {
  evidenceForSystemError,
  verdictForLostConnection,
  verdictForServerError,
  verdictForUnsent,
} from '../../adapter/classify-error.ts'
import type { ErrorVerdict } from '../../adapter/error-verdict.ts'
import type { Evidence } from '../../health/evidence.ts'

/** What happened to a command of a scripted client: the same four cases that real clients have. */
export type ScriptedErrorKind =
  /** The server answered with an error; its text is the message. */
  | 'reply'
  /** The connection was lost with the command in flight. */
  | 'lost'
  /** `destroy()` ended the connection with the command in flight, or while it was connecting. */
  | 'destroyed'
  /** The connection was not usable; nothing was written. */
  | 'unsent'

/** An error of a scripted client. `cause` is the system error behind a lost connection, where there is one. */
export class ScriptedClientError extends Error {
  override readonly name = 'ScriptedClientError'
  readonly kind: ScriptedErrorKind

  constructor(kind: ScriptedErrorKind, message: string, options: { cause?: unknown } = {}) {
    super(message, options)
    this.kind = kind
  }
}

/** An error as Node's network stack makes them: the message holds the code, and `code` is the code. */
export const systemError = (code: string, call: string, address: string): Error & { code: string } =>
  Object.assign(new Error(`${call} ${code} ${address}`), { code })

/** The verdict on an error of a scripted client. */
export const classifyScriptedError = (error: unknown): ErrorVerdict => {
  if (error instanceof ScriptedClientError) return VERDICTS[error.kind](error)
  const evidence = evidenceForSystemError(error)
  // Only connecting rejects with a bare system error, so the command was not sent. Anything else is not of the network.
  return evidence === undefined
    ? { attempt: 'answered', retry: 'active', evidence: nothing('not an error of the client') }
    : verdictForUnsent(evidence)
}

const nothing = (message: string): Evidence => ({ weight: 'none', reason: 'connection-lost', message })

const VERDICTS: Readonly<Record<ScriptedErrorKind, (error: ScriptedClientError) => ErrorVerdict>> = {
  reply: (error) => verdictForServerError(error.message),
  lost: (error) =>
    verdictForLostConnection(
      evidenceForSystemError(error.cause) ?? {
        weight: 'hard',
        reason: 'connection-lost',
        message: 'the peer closed the connection',
      },
    ),
  destroyed: () => verdictForLostConnection(nothing('we closed the connection')),
  unsent: () => verdictForUnsent(nothing('the connection was not usable')),
}
