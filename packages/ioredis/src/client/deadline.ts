import type { CommandObject } from './internals.ts'

/** What ioredis rejects with after `commandTimeout`; `maybeExecuted` tells whether the command had been sent by then. */
export class CommandTimedOut extends Error {
  readonly maybeExecuted: boolean

  constructor(maybeExecuted: boolean) {
    super('Command timed out')
    this.maybeExecuted = maybeExecuted
  }
}

/** The time limit of one command over all its attempts and waits: ioredis's `commandTimeout`. */
export interface Deadline {
  /** It was given to a connection. */
  sent: boolean
  /** Set once the time is over: the caller has his answer, and nothing may be sent any more. */
  expired: CommandTimedOut | undefined
}

/** Starts the limit. It settles this command only: its reply is still awaited, so that silence stays visible. */
export const armDeadline = (command: CommandObject, timeoutMs: number): Deadline => {
  const { resolve, reject } = command
  const deadline: Deadline = { sent: false, expired: undefined }
  const timer = setTimeout(() => {
    deadline.expired = new CommandTimedOut(deadline.sent)
    reject(deadline.expired)
  }, timeoutMs)
  command.resolve = (raw) => {
    clearTimeout(timer)
    return deadline.expired === undefined ? resolve(raw) : command.promise
  }
  command.reject = (error) => {
    clearTimeout(timer)
    if (deadline.expired === undefined) reject(error)
  }
  return deadline
}
