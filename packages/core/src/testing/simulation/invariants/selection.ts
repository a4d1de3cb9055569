import type { FailoverEvent } from '../../../events/event-map.ts'
import { isLive } from '../group-model.ts'
import { describe } from '../world/describe-call.ts'
import type { InvariantFactory } from './invariant.ts'

/** 1, 2 and 9: which endpoint is chosen, and why the active one is left. */
export const selectionInvariant: InvariantFactory = ({ model, report, settings, snapshot, truth, now }) => {
  // Whoever forces a move may choose what he likes.
  const isForced = (): boolean => settings.hasMeddlers || truth.lastOperationAt() === now()

  const checkTarget = (to: string, event: FailoverEvent): void => {
    const target = model.endpoints.get(to)
    if (target === undefined) return report(1, `${event.type} to ${to}, which is not in the group`)
    if (!isLive(target.state)) report(1, `${event.type} to ${to}, which is ${target.state}`)
    if (target.state !== 'suspect' || settings.hasMoodyChecks) return
    const better = snapshot().endpoints.find(
      (other) => other.id !== to && other.state === 'up' && other.writable && other.acceptsConnections,
    )
    // One that was in trouble together with the active one has to answer first.
    if (better !== undefined && event.type === 'failback')
      report(2, `failback to ${to}, which is suspect, while ${better.id} is up`)
  }

  const checkCause = (event: FailoverEvent<'failover'>): void => {
    const from = model.endpoints.get(event.from)
    const state = from?.state
    const isRight: Readonly<Record<typeof event.reason, boolean>> = {
      down: state === 'down',
      draining: state === 'draining',
      removed: state === 'removed' || state === undefined,
      reconfigured: state === 'unknown',
      'not-writable': from?.writable === false,
      'stale-primary': from?.writable === false,
      'connections-refused': from?.acceptsConnections !== true,
      operator: true,
      start: false,
      recovered: false,
      strategy: false,
      'preferred-endpoint-stable': false,
    }
    if (!isRight[event.reason])
      report(9, `failover from ${event.from} (${state}, writable ${from?.writable}) because of "${event.reason}"`)
  }

  return {
    name: 'selection',
    onEvent: (event) => {
      if (event.type === 'failover') {
        checkCause(event)
        if (event.from !== model.active) report(9, `failover from ${event.from} while ${model.active} is active`)
        if (event.reason !== 'operator') checkTarget(event.to, event)
      } else if (event.type === 'failback') {
        checkTarget(event.to, event)
      } else if (event.type === 'activated' && !isForced()) checkTarget(event.to, event)
    },
    onSent: (call, endpointId) => {
      const { state, changedAt } = model.endpoints.get(endpointId) ?? {}
      // What was lent in the very moment in which an operator drained its endpoint is refused by its connection.
      if (isForced()) return
      // So is what was lent in the very moment in which its endpoint went DOWN: the holder hears of it a microtask later.
      const isLent = call.kind === 'lease' || call.kind === 'execute'
      if (isLent && state === 'down' && changedAt === now()) return
      if (state === undefined || !isLive(state)) report(1, `${describe(call)} went to ${endpointId}, which is ${state}`)
    },
  }
}
