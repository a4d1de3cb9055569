import { AmbiguousResultError, CommandTimeoutError } from '@redis-endpoint-failover/core'
import { CrossSlotError } from './cluster/cross-slot-error.ts'
import { adoptReplyContext } from './fresh-command.ts'
import type { CommandObject } from './internals.ts'
import type { UnitReplies } from './unit-attempt.ts'
import { UnitFailure } from './unit-failure.ts'
import type { EntryFailure } from './unit-verdict.ts'

/** A pipeline or transaction of the caller, about to be sent whole. */
export interface Unit {
  /** It holds a command that blocks, outside of a transaction. */
  readonly blocking: boolean
  /** MULTI to EXEC, and nothing else. */
  readonly transaction: boolean
  readonly commands: readonly CommandObject[]
  /** How each command settles the caller's promise. The commands' own functions change while they are sent. */
  readonly settlers: readonly Pick<CommandObject, 'resolve' | 'reject'>[]
  /** Rejects it as a whole, as what cannot be sent at all. */
  readonly refuse: (error: Error) => void
}

// A reply that cannot be transformed rejects the command; ioredis lets a pipeline be executed again.
const restore = ({ commands, settlers }: Unit, index: number): Unit['settlers'][number] => {
  const settler = settlers[index]!
  const command = commands[index]!
  command.resolve = settler.resolve
  command.reject = settler.reject
  return settler
}

/** Gives each command its reply or error; `replace` may change an error. */
export const deliver = (
  unit: Unit,
  replies: UnitReplies,
  replace: (failure: EntryFailure, command: CommandObject) => Error = ({ error }) => error,
): void => {
  const failures = new Map(replies.failures.map((failure) => [failure.index, failure]))
  unit.commands.forEach((command, index) => {
    const { resolve, reject } = restore(unit, index)
    const failure = failures.get(index)
    if (failure !== undefined) reject(replace(failure, command))
    else {
      adoptReplyContext(command, replies.carriers[index]!)
      resolve(replies.raw[index])
    }
  })
}

/** Gives each command what became of it, after the unit as a whole has failed for good. */
export const deliverFailure = (unit: Unit, failure: unknown): void => {
  if (failure instanceof CrossSlotError) unit.refuse(failure)
  else if (failure instanceof UnitFailure) {
    const { retryBudgetExhausted } = failure
    deliver(unit, failure.replies, ({ error }) =>
      retryBudgetExhausted === undefined ? error : Object.assign(error, { retryBudgetExhausted }),
    )
  } else if (AmbiguousResultError.isInstance(failure) && failure.cause instanceof UnitFailure) {
    const endpointId = failure.endpointId ?? ''
    deliver(unit, failure.cause.replies, ({ error, verdict }, command) =>
      verdict.attempt === 'ambiguous'
        ? new AmbiguousResultError(command.name.toUpperCase(), endpointId, { cause: error })
        : error,
    )
  } else {
    // The replies of what timed out may still come, and are to find their attempt.
    const isInFlight = CommandTimeoutError.isInstance(failure)
    unit.commands.forEach((_command, index) => {
      const { reject } = isInFlight ? unit.settlers[index]! : restore(unit, index)
      reject(failure as Error)
    })
  }
}

/** Answers a transaction as the server does when a watched key was changed. */
export const deliverLostRace = (unit: Unit): void => {
  unit.commands.forEach(({ name }, index) => {
    restore(unit, index).resolve(name === 'exec' ? null : Buffer.from('QUEUED'))
  })
}
