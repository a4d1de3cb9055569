import type { CommandRoute } from '../../../routing/command-route.ts'
import type { CommandTask } from '../../../routing/command-task.ts'
import type { ScriptedClient } from '../../scripted/scripted-connection.ts'

/**
 * Sends as the transparent clients do: where possible on the fast path, which asks the route for nothing but its
 * connection, else by `run()`.
 */
export const sendOnRoute = <T>(
  route: CommandRoute<ScriptedClient>,
  facts: Omit<CommandTask<ScriptedClient, T>, 'send'>,
  send: (client: ScriptedClient) => Promise<T>,
  fast: boolean,
): Promise<T> => {
  const task: CommandTask<ScriptedClient, T> = { ...facts, send: (connection) => send(connection.client) }
  const isUnlimited = facts.limits === undefined && route.deadlines === undefined
  const connection = fast && isUnlimited && facts.unit === 'command' && !route.isClosed ? route.take() : undefined
  if (connection === undefined) return route.run(task)
  connection.begin()
  return send(connection.client).then(connection.onReply, (error: unknown) =>
    route.recover({ connection, error, attempt: 1 }, task),
  )
}
