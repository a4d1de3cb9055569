import type { LeaseBook } from '../world/simulated-group.ts'

export interface LeaseFacts {
  /** Whether the client's end of that connection is open. */
  readonly isOpen: (connectionId: number, endpointId: string) => boolean
  readonly report: (invariant: number, text: string) => void
}

/** 18: a connection is lent to one holder at a time, and never a dead one. */
export const leaseInvariant = ({ isOpen, report }: LeaseFacts): LeaseBook => {
  const held = new Set<number>()
  return {
    onLent: (connectionId, endpointId) => {
      if (held.has(connectionId)) report(18, `connection ${connectionId} to ${endpointId} was lent twice`)
      if (!isOpen(connectionId, endpointId))
        report(18, `connection ${connectionId} to ${endpointId} was dead when lent`)
      held.add(connectionId)
    },
    onEnded: (connectionId) => {
      held.delete(connectionId)
    },
  }
}
