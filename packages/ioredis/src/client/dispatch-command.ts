import {
  AmbiguousResultError,
  type CommandTask,
  type CommandUnit,
  isReadOnlyCommand,
} from '@redis-endpoint-failover/core'
import type { Redis } from 'ioredis'
import { NOT_WRITABLE } from '../adapter/classify-ioredis-error.ts'
import type { Deadline } from './deadline.ts'
import { adoptReplyContext, freshCommand } from './fresh-command.ts'
import { type CommandObject, type Connection, type Route, sendTo } from './internals.ts'

export const isReadOnly = (command: CommandObject): boolean =>
  command.isReadOnly === true || isReadOnlyCommand([command.name, ...command.args])

const SCAN = /^[hsz]?scan$/i

/** Whether the command goes on from a cursor, which means something only to the endpoint that gave it. */
export const isCursorCommand = (name: string): boolean =>
  // Asked for every command: hardly any other ends in "n".
  (name.charCodeAt(name.length - 1) | 32) === 110 && SCAN.test(name)

/** False when the connection's client would not write a command, or would not say so exactly. */
export const isWritable = (connection: Connection): boolean => connection.client.status === 'ready'

/** `command` in a form that can be sent any number of times; resolves with the raw reply. */
export const taskOf = (
  command: CommandObject,
  unit: CommandUnit,
  deadline?: Deadline,
): CommandTask<Redis, unknown> => ({
  name: command.name.toUpperCase(),
  unit,
  readOnly: isReadOnly(command),
  args: [command.name, ...command.args],
  bound: isCursorCommand(command.name),
  send: (connection) =>
    new Promise((resolve, reject) => {
      if (deadline?.expired !== undefined) reject(deadline.expired)
      else if (!isWritable(connection)) reject(new Error(NOT_WRITABLE))
      else {
        if (deadline !== undefined) deadline.sent = true
        const fresh = freshCommand(command)
        fresh.resolve = (raw) => {
          fresh._clearTimers?.()
          adoptReplyContext(command, fresh)
          resolve(raw)
          return fresh.promise
        }
        fresh.reject = (error) => {
          fresh._clearTimers?.()
          reject(error)
        }
        sendTo(connection.client, fresh)
      }
    }),
})

/**
 * How `command` is rejected. Where its client was ended meanwhile, in the words of ioredis, "Connection is closed.":
 * libraries that end a client under a command that blocks wait for them.
 */
const rejectionOf =
  (command: Pick<CommandObject, 'reject'>, route: Route): ((error: Error) => void) =>
  (error) => {
    const ended = route.isClosed && AmbiguousResultError.isInstance(error) && error.cause instanceof Error
    command.reject(ended ? Object.assign(error.cause as Error, { maybeExecuted: true }) : error)
  }

/** Sends `command` when there is an endpoint for it, and settles it. */
export const runCommand = (
  command: CommandObject,
  route: Route,
  task: CommandTask<Redis, unknown> = taskOf(command, 'command'),
): void => {
  route.run(task).then(command.resolve, rejectionOf(command, route))
}

/**
 * The fast path: the caller's own command goes to the connection at once. Only if it fails does it cost more than the
 * two functions.
 */
export const dispatchTo = (
  connection: Connection,
  command: CommandObject,
  route: Route,
  send: (client: Redis, command: CommandObject) => void,
  deadline?: Deadline,
): void => {
  const { resolve, reject } = command
  command.resolve = (raw) => {
    // Answered: what a transformer throws, or a second answer of ioredis's timers, is no attempt's outcome.
    command.resolve = resolve
    command.reject = reject
    return resolve(connection.onReply(raw))
  }
  command.reject = (error) => {
    command.resolve = resolve
    command.reject = reject
    if (deadline?.expired !== undefined) connection.countFailure()
    else
      route
        .recover({ connection, error, attempt: 1 }, taskOf(command, 'command', deadline))
        .then(resolve, rejectionOf({ reject }, route))
  }
  connection.begin()
  if (deadline !== undefined) deadline.sent = true
  if (isWritable(connection)) send(connection.client, command)
  else command.reject(new Error(NOT_WRITABLE))
}
