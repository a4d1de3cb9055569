import type { ManagedConnection } from '../connections/managed-connection.ts'
import type { RoutePorts } from './route-ports.ts'

/**
 * The connections of a route by their endpoints' positions in configuration order, for choices: they are made for each
 * command, and an array is looked up faster than a Map. Empty with a sticky strategy, which chooses nothing.
 */
export const connectionsByOrder = <TClient>(
  held: ReadonlyMap<string, ManagedConnection<TClient>>,
  { pick, orderOf }: Pick<RoutePorts<TClient>, 'pick' | 'orderOf'>,
): (ManagedConnection<TClient> | undefined)[] => {
  const all: (ManagedConnection<TClient> | undefined)[] = []
  if (pick === undefined) return all
  for (const [id, connection] of held) {
    const order = orderOf(id)
    if (order >= 0) all[order] = connection
  }
  return all
}
