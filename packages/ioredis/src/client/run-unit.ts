import { type CommandTask, type CommandUnit, nameEndpoint, TaskCall } from '@redis-endpoint-failover/core'
import type { Redis } from 'ioredis'
import { classifyIoredisError, NOT_WRITABLE } from '../adapter/classify-ioredis-error.ts'
import { sendToCluster } from './cluster/send-to-cluster.ts'
import { isRedirection } from './cluster/watch-on-node.ts'
import { LOST_RACE, obstacleOf } from './cluster/watched-node.ts'
import { isReadOnly } from './command-facts.ts'
import { isWritable } from './dispatch-command.ts'
import { freshCommand } from './fresh-command.ts'
import { type Connection, isCluster, type Route } from './internals.ts'
import { deliver, deliverFailure, deliverLostRace, type Unit } from './unit.ts'
import { UnitAttempt, type UnitReplies } from './unit-attempt.ts'
import { UnitFailure } from './unit-failure.ts'
import { verdictOfUnit } from './unit-verdict.ts'
import type { Watched } from './watch-state.ts'

const unsent = (unit: Unit): UnitFailure => {
  const error = new Error(NOT_WRITABLE)
  const verdict = classifyIoredisError(error)
  const failures = unit.commands.map((_command, index) => ({ index, error, verdict }))
  return new UnitFailure(verdict, { carriers: unit.commands, raw: [], failures })
}

// The errors of a transaction's commands are in the reply to its EXEC.
const nameErrorsOf = (exec: unknown, endpointId: string): void => {
  if (Array.isArray(exec)) for (const entry of exec) if (entry instanceof Error) nameEndpoint(entry, endpointId)
}

/** Sends the unit over the connection; resolves when each command has its reply. */
const sendUnit = (
  connection: Connection,
  unit: Unit,
  first: boolean,
  client: Redis = connection.client,
): Promise<UnitReplies> =>
  new Promise((resolve, reject) => {
    if (!isWritable(connection)) return reject(unsent(unit))
    const { commands, transaction } = unit
    const isOfCluster = isCluster(client)
    const carriers = first && !isOfCluster ? commands : commands.map((command) => freshCommand(command))
    const attempt = new UnitAttempt(carriers, (replies) => {
      const { failures } = replies
      for (const { error } of failures) nameEndpoint(error, connection.endpointId)
      if (transaction) nameErrorsOf(replies.raw.at(-1), connection.endpointId)
      const verdict = failures.length === 0 ? undefined : verdictOfUnit(commands.length, failures, transaction)
      if (verdict === undefined) resolve(replies)
      else reject(new UnitFailure(verdict, replies))
    })
    if (isOfCluster) sendToCluster(client, carriers, attempt).catch(reject)
    else attempt.send(client)
  })

const unitTask = (unit: Unit, server?: Redis): CommandTask<Redis, UnitReplies> => {
  const readOnly = unit.commands.every(isReadOnly)
  // Here every entry's outcome is known. So one that writes is like a transaction: repeated if it certainly did not run.
  const kind: CommandUnit = readOnly ? 'pipeline' : 'transaction'
  let first = true
  return {
    name: unit.transaction ? 'MULTI' : 'pipeline',
    unit: unit.blocking ? 'blocking' : kind,
    readOnly,
    args: undefined,
    send: (connection) => {
      const sent = sendUnit(connection, unit, first, server)
      first = false
      return sent
    },
  }
}

/** Sends the unit to the endpoint that is active then, whole; repeats it whole where that is safe; settles its commands. */
export const runUnit = (unit: Unit, route: Route): void => {
  const task = unitTask(unit)
  const sent = unit.blocking ? route.runBlocking(task) : route.run(task)
  sent.then(
    (replies) => deliver(unit, replies),
    (error: unknown) => deliverFailure(unit, error),
  )
}

/**
 * Sends a transaction on the connection that carried its WATCH, never anywhere else, and once. Where that connection is
 * gone, EXEC answers as after a lost race.
 */
export const runWatchedUnit = (unit: Unit, route: Route, watched: Watched | undefined): void => {
  const obstacle = watched === undefined ? LOST_RACE : obstacleOf(unit, watched)
  if (obstacle instanceof Error) return unit.refuse(obstacle)
  if (watched === undefined || obstacle !== undefined) return deliverLostRace(unit)
  const { connection, server } = watched
  const task = unitTask(unit, server)
  const call = new TaskCall<UnitReplies>(task)
  route.deadlines?.add(call)
  connection.begin()
  call.carrier = connection
  // No attempt may follow: another one would not be watched.
  const attempt = Number.MAX_SAFE_INTEGER
  task.send(connection).then(
    (replies) => {
      if (call.over) connection.countLate()
      else call.resolve(connection.onReply(replies))
    },
    (error: unknown) =>
      route.recover({ connection, error, attempt }, { ...task, call }).catch((final: unknown) => call.reject(final)),
  )
  call.promise.then(
    (replies) => {
      // The cluster has moved the keys away, and executed nothing.
      if (replies.failures.some(({ error }) => isRedirection(error))) deliverLostRace(unit)
      else deliver(unit, replies)
    },
    (error: unknown) => {
      if (error instanceof UnitFailure && error.verdict.attempt === 'unsent') deliverLostRace(unit)
      else deliverFailure(unit, error)
    },
  )
}
