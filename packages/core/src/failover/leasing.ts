import { GroupClosedError } from '../errors.ts'
import { Executor } from '../pool/execute.ts'
import { LeaseDesk } from '../pool/lease-desk.ts'
import { LeaseSelection } from '../pool/lease-selection.ts'
import type { RetryPorts } from '../routing/route-ports.ts'
import type { SpreadRoutes } from '../routing/spread-routes.ts'
import type { GroupEngine } from './group-engine.ts'

export interface LeasingParts<TClient, TOptions> {
  readonly engine: Pick<GroupEngine<TClient, TOptions>, 'options' | 'state' | 'members' | 'timers' | 'strategy'>
  /** `undefined` with a sticky strategy. */
  readonly spread: SpreadRoutes<TOptions> | undefined
  readonly retry: RetryPorts<TClient>
  readonly onCall: () => void
  readonly onFirstWaiting: () => void
}

/** What lends connections, and what runs functions on them. */
export interface Leasing<TClient> {
  readonly desk: LeaseDesk<TClient>
  readonly executor: Executor<TClient>
}

/** Connects the pools of a group's endpoints with each other and with the state of the group. */
export const makeLeasing = <TClient, TOptions>({
  engine,
  spread,
  retry,
  onCall,
  onFirstWaiting,
}: LeasingParts<TClient, TOptions>): Leasing<TClient> => {
  const { options, state, members, timers, strategy } = engine
  const desk = new LeaseDesk<TClient>({
    settings: options.pool,
    selectionTimeout: options.selectionTimeout,
    selection: new LeaseSelection({ state, runner: strategy, released: spread?.released ?? ((views) => views) }),
    timers,
    pools: () => [...members.values()].map((member) => member.connections.pool),
    poolOf: (id) => members.get(id)?.connections.pool,
    activeId: () => state.activeId,
    onLent: () => {
      state.commandSent = true
    },
    onFirstWaiting,
    noEndpoint: retry.noEndpoint,
    closedError: () => new GroupClosedError(options.name),
  })
  const executor = new Executor<TClient>({
    ...retry,
    desk,
    onCall,
  })
  return { desk, executor }
}
