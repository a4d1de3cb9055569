import type { ManagedConnection } from '../connections/managed-connection.ts'
import type { CommandTask } from './command-task.ts'

/** Sends a task once; `recover` takes over where that fails. */
export const sendAttempt = <TClient, T>(
  connection: ManagedConnection<TClient>,
  task: CommandTask<TClient, T>,
  recover: (error: unknown) => Promise<T>,
): Promise<T> => {
  const blocking = task.unit === 'blocking'
  const { call } = task
  if (call !== undefined) {
    call.onGivenUp = undefined
    call.carrier = connection
  }
  connection.begin()
  if (blocking) connection.blocking++
  let sent: Promise<T>
  try {
    sent = task.send(connection)
  } catch (error) {
    sent = Promise.reject(error)
  }
  return sent.then(
    (reply) => {
      if (blocking) connection.blocking--
      if (call?.over !== true) return connection.onReply(reply)
      connection.countLate()
      return reply
    },
    (error: unknown) => {
      if (blocking) connection.blocking--
      return recover(error)
    },
  )
}
