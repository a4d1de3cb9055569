import { AmbiguousResultError, type CommandTask, type CommandUnit } from '@redis-endpoint-failover/core'
import type { Redis } from 'ioredis'
import { classifyIoredisError, NOT_WRITABLE } from '../adapter/classify-ioredis-error.ts'
import type { Deadline } from './deadline.ts'
import { isReadOnly, isWritable } from './dispatch-command.ts'
import { adoptReplyContext, freshCommand } from './fresh-command.ts'
import { type CommandObject, type Connection, type Route, sendTo } from './internals.ts'
import { PipelineWriter } from './pipeline-writer.ts'
import { UnitFailure } from './unit-failure.ts'
import { type EntryOutcome, verdictOfUnit } from './unit-verdict.ts'

/** A pipeline or transaction of the caller, about to be sent whole. */
export interface Unit {
  /** It holds a command that blocks, outside of a transaction. */
  readonly blocking: boolean
  /** MULTI to EXEC, and nothing else. */
  readonly transaction: boolean
  readonly commands: readonly CommandObject[]
  readonly deadlines: readonly Deadline[]
}

const unsent = (unit: Unit): UnitFailure => {
  const error = new Error(NOT_WRITABLE)
  const verdict = classifyIoredisError(error)
  const outcomes = unit.commands.map(() => ({ error, verdict }))
  return new UnitFailure(verdict, outcomes)
}

/** Writes all commands in one piece; resolves when each has its outcome. */
const sendUnit = (connection: Connection, unit: Unit): Promise<readonly EntryOutcome[]> =>
  new Promise((resolve, reject) => {
    const expired = unit.deadlines.find((deadline) => deadline.expired !== undefined)?.expired
    if (expired !== undefined) return reject(expired)
    if (!isWritable(connection)) return reject(unsent(unit))
    for (const deadline of unit.deadlines) deadline.sent = true
    const { commands } = unit
    const outcomes = new Array<EntryOutcome>(commands.length)
    let left = commands.length
    const settle = (index: number, outcome: EntryOutcome): void => {
      outcomes[index] = outcome
      if (--left > 0) return
      const verdict = verdictOfUnit(outcomes, unit.transaction)
      if (verdict === undefined) resolve(outcomes)
      else reject(new UnitFailure(verdict, outcomes))
    }
    const writer = new PipelineWriter(connection.client)
    commands.forEach((command, index) => {
      const fresh = freshCommand(
        command,
        (raw, carrier) => settle(index, { raw, carrier }),
        (error) => settle(index, { error, verdict: classifyIoredisError(error) }),
      )
      sendTo(connection.client, fresh, writer)
    })
    writer.flush()
  })

/** Gives each command its outcome; `replace` may change an error. */
const deliver = (
  unit: Unit,
  outcomes: readonly EntryOutcome[],
  replace: (outcome: Extract<EntryOutcome, { error: Error }>, command: CommandObject) => Error,
): void => {
  unit.commands.forEach((command, index) => {
    const outcome = outcomes[index]!
    if (outcome.error !== undefined) command.reject(replace(outcome, command))
    else {
      adoptReplyContext(command, outcome.carrier)
      command.resolve(outcome.raw)
    }
  })
}

/** Gives each command what became of it, after the unit as a whole has failed for good. */
const deliverFailure = (unit: Unit, failure: unknown): void => {
  if (failure instanceof UnitFailure) {
    const { retryBudgetExhausted } = failure
    deliver(unit, failure.outcomes, ({ error }) =>
      retryBudgetExhausted === undefined ? error : Object.assign(error, { retryBudgetExhausted }),
    )
  } else if (AmbiguousResultError.isInstance(failure) && failure.cause instanceof UnitFailure) {
    const endpointId = failure.endpointId ?? ''
    deliver(unit, failure.cause.outcomes, ({ error, verdict }, command) =>
      verdict.attempt === 'ambiguous'
        ? new AmbiguousResultError(command.name.toUpperCase(), endpointId, { cause: error })
        : error,
    )
  } else {
    for (const command of unit.commands) command.reject(failure as Error)
  }
}

const unitTask = (unit: Unit): CommandTask<Redis, readonly EntryOutcome[]> => {
  const readOnly = unit.commands.every(isReadOnly)
  // Here every entry's outcome is known. So one that writes is like a transaction: repeated if it certainly did not run.
  const kind: CommandUnit = readOnly ? 'pipeline' : 'transaction'
  return {
    name: unit.transaction ? 'MULTI' : 'pipeline',
    unit: unit.blocking ? 'blocking' : kind,
    readOnly,
    args: undefined,
    send: (connection) => sendUnit(connection, unit),
  }
}

/** Sends the unit to the endpoint that is active then, whole; repeats it whole where that is safe; settles its commands. */
export const runUnit = (unit: Unit, route: Route): void => {
  route.run(unitTask(unit)).then(
    (outcomes) => deliver(unit, outcomes, ({ error }) => error),
    (error: unknown) => deliverFailure(unit, error),
  )
}

/**
 * Sends a transaction on the connection that carried its WATCH, never anywhere else, and once. Where that connection is
 * gone, EXEC answers as after a lost race.
 */
export const runWatchedUnit = (unit: Unit, route: Route, connection: Connection | undefined): void => {
  if (connection === undefined) {
    deliverLostRace(unit)
    return
  }
  const task = unitTask(unit)
  const { epoch } = route
  connection.begin()
  // No attempt may follow: another one would not be watched.
  const attempt = Number.MAX_SAFE_INTEGER
  task
    .send(connection)
    .then(connection.onReply, (error: unknown) => route.recover({ connection, error, attempt, epoch }, task))
    .then(
      (outcomes) => deliver(unit, outcomes, ({ error }) => error),
      (error: unknown) => {
        if (error instanceof UnitFailure && error.verdict.attempt === 'unsent') deliverLostRace(unit)
        else deliverFailure(unit, error)
      },
    )
}

const deliverLostRace = (unit: Unit): void => {
  for (const command of unit.commands) command.resolve(command.name === 'exec' ? null : Buffer.from('QUEUED'))
}
