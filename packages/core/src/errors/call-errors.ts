import { FailoverError, type FailoverErrorOptions, hasCode } from '../errors.ts'

/** What a call that ended before its reply has to say about itself. */
export interface EndedCall {
  /** The command's name, without its arguments. */
  readonly command: string
  /** The endpoint that it was given to last; `undefined` if it was never sent. */
  readonly endpointId: string | undefined
  /** It was given to a connection, no answer came, and running it changes something. */
  readonly maybeExecuted: boolean
}

const whatBecameOf = ({ endpointId, maybeExecuted }: EndedCall): string => {
  if (maybeExecuted) return 'It may or may not have executed: check the data before you repeat it.'
  return endpointId === undefined ? 'It was not sent; it is safe to repeat.' : 'It is safe to repeat.'
}

/** The time of a command was over before its reply, waits and repeats included (`commandTimeout`, or its own timeout). */
export class CommandTimeoutError extends FailoverError {
  readonly command: string
  /** Milliseconds that it had. */
  readonly timeoutMs: number
  /** False where it certainly did not execute, or where executing it changes nothing. */
  readonly maybeExecuted: boolean

  constructor(call: EndedCall, timeoutMs: number) {
    const { command, endpointId, maybeExecuted } = call
    const where = endpointId === undefined ? 'found no endpoint' : `had no reply from endpoint "${endpointId}"`
    super('COMMAND_TIMEOUT', `Command timed out: ${command} ${where} within ${timeoutMs} ms. ${whatBecameOf(call)}`, {
      endpointId,
    })
    this.command = command
    this.timeoutMs = timeoutMs
    this.maybeExecuted = maybeExecuted
  }

  static override isInstance(value: unknown): value is CommandTimeoutError {
    return hasCode(value, 'COMMAND_TIMEOUT')
  }
}

/** The caller gave the command up by an AbortSignal, whose reason is the `cause`. `name` is `AbortError`, as usual. */
export class CommandAbortedError extends FailoverError {
  readonly command: string
  /** False where it certainly did not execute, or where executing it changes nothing. */
  readonly maybeExecuted: boolean

  constructor(call: EndedCall, options: FailoverErrorOptions) {
    const { command, endpointId, maybeExecuted } = call
    super('COMMAND_ABORTED', `The command was aborted: ${command}. ${whatBecameOf(call)}`, {
      ...options,
      endpointId,
    })
    this.name = 'AbortError'
    this.command = command
    this.maybeExecuted = maybeExecuted
  }

  static override isInstance(value: unknown): value is CommandAbortedError {
    return hasCode(value, 'COMMAND_ABORTED')
  }
}
