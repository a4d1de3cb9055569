import { CommandAbortedError, CommandTimeoutError } from '../../../errors/call-errors.ts'
import { FailoverError, type FailoverErrorCode } from '../../../errors.ts'
import { ScriptedClientError } from '../../scripted/scripted-errors.ts'
import type { Answer } from './ledger.ts'

/** What an error tells its caller about the execution of a command that changes something. */
export interface Told {
  readonly answer: Answer
  /** A short name, the same in each run. */
  readonly name: string
  /** Set where nobody should ever see this error. */
  readonly wrong?: string
}

const SAYS_IT_DID_NOT_RUN: ReadonlySet<FailoverErrorCode> = new Set<FailoverErrorCode>([
  'NO_ENDPOINT_AVAILABLE',
  'WAITING_QUEUE_FULL',
  'POOL_EXHAUSTED',
  'CONNECT_TIMEOUT',
  'CONNECTION_LOST',
])

/** Reads an error as a careful user would. `direct`: of a native client on loan, which tells by itself. */
export const judgeError = (error: unknown, { changes, direct }: { changes: boolean; direct: boolean }): Told => {
  if (FailoverError.isInstance(error)) return judgeOurs(error, changes)
  if (error instanceof ScriptedClientError) {
    const name = error.kind === 'reply' ? error.message.split(' ')[0]! : error.kind
    // Of a call that may run twice, this tells of the last attempt only.
    if (error.kind === 'reply' || error.kind === 'unsent') return { answer: changes ? 'refused' : 'ambiguous', name }
    const wrong = changes && !direct ? 'a write whose reply was lost was not reported as ambiguous' : undefined
    return { answer: 'ambiguous', name, ...(wrong === undefined ? {} : { wrong }) }
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return { answer: 'ambiguous', name: 'unexpected', wrong: `an error that is not ours reached the caller: ${text}` }
}

const judgeOurs = (error: FailoverError, changes: boolean): Told => {
  const name = error.code
  if (CommandTimeoutError.isInstance(error) || CommandAbortedError.isInstance(error))
    return { answer: error.maybeExecuted ? 'ambiguous' : 'refused', name }
  // Nothing is said about a call that may run twice; any other would be called ambiguous.
  if (error.code === 'GROUP_CLOSED') return { answer: changes ? 'refused' : 'ambiguous', name }
  if (error.code === 'AMBIGUOUS_RESULT') return { answer: 'ambiguous', name }
  if (SAYS_IT_DID_NOT_RUN.has(error.code)) return { answer: 'refused', name }
  return { answer: 'ambiguous', name, wrong: `no command should end in ${error.code}: ${error.message}` }
}
