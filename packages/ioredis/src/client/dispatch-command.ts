import {
  AmbiguousResultError,
  type Call,
  type CommandTask,
  type CommandUnit,
  setBlockingTimeout,
} from '@redis-endpoint-failover/core'
import type { Redis } from 'ioredis'
import { NOT_WRITABLE } from '../adapter/classify-ioredis-error.ts'
import { isCursorCommand, isReadOnly } from './command-facts.ts'
import { adoptReplyContext, freshCommand } from './fresh-command.ts'
import { type CommandObject, type Connection, type Route, sendTo } from './internals.ts'

/** False when the connection's client would not write a command, or would not say so exactly. */
export const isWritable = (connection: Connection): boolean => connection.client.status === 'ready'

/** `command` in a form that can be sent any number of times; resolves with the raw reply. */
export const taskOf = (command: CommandObject, unit: CommandUnit): CommandTask<Redis, unknown> => ({
  name: command.name.toUpperCase(),
  unit,
  readOnly: isReadOnly(command),
  args: [command.name, ...command.args],
  bound: isCursorCommand(command.name),
  send: (connection) =>
    new Promise((resolve, reject) => {
      if (!isWritable(connection)) reject(new Error(NOT_WRITABLE))
      else {
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

/** The same for one that may block: on a connection of its own, and with the rest of its time where it is sent again. */
export const runBlockingCommand = (
  command: CommandObject,
  route: Route,
  task: CommandTask<Redis, unknown> = taskOf(command, 'blocking'),
): void => {
  const setBlockTime = (blockMs: number): void => {
    const all = [command.name, ...command.args]
    setBlockingTimeout(all, blockMs)
    command.args = all.slice(1)
  }
  route.runBlocking({ ...task, setBlockTime }).then(command.resolve, rejectionOf(command, route))
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
    route
      .recover({ connection, error, attempt: 1 }, taskOf(command, 'command'))
      .then(resolve, rejectionOf({ reject }, route))
  }
  connection.begin()
  if (isWritable(connection)) send(connection.client, command)
  else command.reject(new Error(NOT_WRITABLE))
}

/** The same for a command with a deadline: it may have been settled before its reply comes. */
export const dispatchCall = (
  connection: Connection,
  command: CommandObject,
  route: Route,
  send: (client: Redis, command: CommandObject) => void,
  call: Call,
): void => {
  const { resolve, reject } = command
  command.resolve = (raw) => {
    command.resolve = resolve
    command.reject = reject
    if (call.over) {
      connection.countLate()
      return command.promise
    }
    call.end()
    return resolve(connection.onReply(raw))
  }
  command.reject = (error) => {
    command.resolve = resolve
    command.reject = reject
    route.recover({ connection, error, attempt: 1 }, { ...taskOf(command, 'command'), call }).then(
      (raw) => {
        if (call.over) return
        call.end()
        resolve(raw)
      },
      (final: Error) => {
        if (call.over) return
        call.end()
        rejectionOf({ reject }, route)(final)
      },
    )
  }
  connection.begin()
  call.carrier = connection
  if (isWritable(connection)) send(connection.client, command)
  else command.reject(new Error(NOT_WRITABLE))
}
