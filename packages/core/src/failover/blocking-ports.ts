import { WaitingQueueFullError } from '../errors.ts'
import type { BlockingPorts } from '../routing/blocking-connections.ts'
import type { GroupEngine } from './group-engine.ts'

/** Beyond its block time, where `connectionSilenceTimeout` says nothing else. */
const GRACE_MS = 5000

/** What the connections for commands that block need of their group. */
export const blockingPortsOf = <TClient, TOptions>(
  engine: GroupEngine<TClient, TOptions>,
  replace: BlockingPorts<TClient>['replace'],
): BlockingPorts<TClient> => {
  const { options, timers, members, routes } = engine
  return {
    timers,
    max: options.maxBlockingConnections,
    maxWaiting: options.maxWaiting,
    graceMs: options.connectionSilenceTimeout ?? GRACE_MS,
    createRoute: () => engine.createRoute({ commandTimeout: 0, limited: false }),
    closeRoute: (route, graceful) => {
      if (routes.delete(route)) route.close(graceful)
    },
    // The standby: whatever else is lent may block as well, and the monitor's connection is for health alone.
    aside: (endpointId, args) => {
      const connections = members.get(endpointId)?.connections
      connections?.replenish()
      const { standby } = connections ?? {}
      return standby?.isUsable() === true ? standby.command(args) : undefined
    },
    replace,
    full: () => new WaitingQueueFullError(options.name, options.maxWaiting),
  }
}
