import type { LentConnections } from '../connections/lent-connections.ts'
import type { Endpoint } from '../endpoint/endpoint.ts'
import { GroupClosedError, WaitingQueueFullError } from '../errors.ts'
import { takesWrites } from '../health/health-state.ts'
import type { Limiter } from '../routing/call-limits.ts'
import type { RetryPorts, RouteOptions, RoutePorts } from '../routing/route-ports.ts'
import { blockingPortsOf } from './blocking-ports.ts'
import type { GroupEngine } from './group-engine.ts'

/** What a route may have otherwise than the group's others. */
export interface RouteWishes extends RouteOptions {
  /** To the active endpoint alone, whatever the strategy. Default false. */
  readonly bound?: boolean
  /** Whether `maxInFlight` holds. Default true. */
  readonly limited?: boolean
}

interface RouteParts<TClient, TOptions> {
  readonly engine: GroupEngine<TClient, TOptions>
  readonly lent: LentConnections<TClient, TOptions>
  readonly limiter: Limiter
  readonly retry: RetryPorts<TClient>
  readonly targets: () => readonly string[]
  /** `undefined` with a sticky strategy. */
  readonly pick: (() => Endpoint | undefined) | undefined
  readonly options: RouteWishes
}

/** What the way of one transparent client needs of its group. */
export const routePortsOf = <TClient, TOptions>({
  engine,
  lent,
  limiter,
  retry,
  targets,
  pick,
  options: { commandTimeout = engine.options.commandTimeout, bound = false, limited = true },
}: RouteParts<TClient, TOptions>): RoutePorts<TClient> => {
  const { options, state, members, room } = engine
  return {
    ...retry,
    room,
    limiter,
    blocking: blockingPortsOf(engine, (connection, silentMs) => lent.replace(connection, silentMs)),
    commandTimeout,
    maxInFlight: limited ? options.maxInFlight : undefined,
    selectionTimeout: options.selectionTimeout,
    isIdempotent: options.retry.isIdempotent,
    epoch: () => state.epoch,
    targets: () => (bound ? targets().slice(0, 1) : targets()),
    pick: bound ? undefined : pick,
    orderOf: (id) => state.find(id)?.order ?? -1,
    connectionsOf: (id) => members.get(id)?.connections,
    takesWrites: (id) => {
      const record = state.find(id)
      return record !== undefined && takesWrites(record.health)
    },
    onMissing: (id) => lent.missing(id),
    retire: (connection) => lent.retire(connection),
    watch: (connection) => lent.watch(connection),
    waitingFull: () => new WaitingQueueFullError(options.name, options.maxWaiting),
    closedError: () => new GroupClosedError(options.name),
  }
}
