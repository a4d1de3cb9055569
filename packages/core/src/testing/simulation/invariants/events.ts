import { isLive } from '../group-model.ts'
import type { InvariantFactory } from './invariant.ts'

const ALWAYS_TOLD = ['state', 'weight', 'zone'] as const
const FIELDS = [...ALWAYS_TOLD, 'writable', 'generation'] as const

/** 24 and 25: events are in order, tell each change once, agree with what a listener sees, and rebuild the snapshot. */
export const eventsInvariant: InvariantFactory = ({ model, snapshot, report }) => {
  let last = 0
  return {
    name: 'events',
    onEvent: (event) => {
      if (event.seq <= last) report(24, `event ${event.type} has number ${event.seq} after ${last}`)
      last = event.seq
      if (event.type !== 'health-changed') return
      const { endpointId, from, to, writable } = event
      const before = model.endpoints.get(endpointId)
      if (before === undefined) return report(24, `the health of ${endpointId} changed, which is not in the group`)
      if (before.state !== from) report(24, `${endpointId} changed from ${from} to ${to}, but was ${before.state}`)
      if (from === to && before.writable === writable) report(24, `${endpointId} changed from ${from} to the same`)
    },
    afterEvent: (event) => {
      if (event.type !== 'health-changed' || event.to === 'removed') return
      const { endpointId, to, generation, writable } = event
      const seen = snapshot().endpoints.find((endpoint) => endpoint.id === endpointId)
      if (seen === undefined) return report(25, `${endpointId} changed to ${to}, and the snapshot does not have it`)
      if (seen.state !== to || seen.generation !== generation || seen.writable !== writable)
        report(
          25,
          `${endpointId} changed to ${to} (${generation}), and the snapshot says ${seen.state} (${seen.generation})`,
        )
    },
    onLook: (seen) => {
      const { active, pinned, epoch, endpoints, lifecycle } = seen
      // What happens while it is being closed is told to nobody.
      if (lifecycle === 'closed') return
      if (active !== model.active || pinned !== model.pinned || epoch !== model.epoch)
        report(24, `events say ${model.active} in epoch ${model.epoch}, the snapshot ${active} in epoch ${epoch}`)
      if (endpoints.length !== model.endpoints.size) report(24, `events know ${model.endpoints.size} endpoints`)
      for (const endpoint of endpoints) {
        const known = model.endpoints.get(endpoint.id)
        // What happens to the health of an endpoint that drains, or that nothing is known of, is told with its next state.
        const fields = isLive(endpoint.state) || endpoint.state === 'down' ? FIELDS : ALWAYS_TOLD
        for (const field of fields)
          if (known?.[field] !== endpoint[field])
            report(24, `${endpoint.id}: events say ${field} ${known?.[field]}, the snapshot ${endpoint[field]}`)
        const accepts = known?.acceptsConnections
        if (isLive(endpoint.state) && accepts !== undefined && accepts !== endpoint.acceptsConnections)
          report(24, `${endpoint.id}: events say that it accepts connections ${known?.acceptsConnections}`)
      }
    },
  }
}
