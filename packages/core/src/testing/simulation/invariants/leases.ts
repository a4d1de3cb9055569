import type { LeaseBook } from '../world/simulated-group.ts'

export interface LeaseFacts {
  /** Whether the client's end of that connection is open. */
  readonly isOpen: (connectionId: number, endpointId: string) => boolean
  /** Whether the group itself has closed it in this very moment. */
  readonly isClosedNow: (connectionId: number) => boolean
  readonly report: (invariant: number, text: string) => void
}

/** 18: a connection is lent to one holder at a time, and never a dead one. */
export const leaseInvariant = ({ isOpen, isClosedNow, report }: LeaseFacts): LeaseBook => {
  const held = new Set<number>()
  return {
    onLent: (connectionId, endpointId) => {
      if (held.has(connectionId)) report(18, `connection ${connectionId} to ${endpointId} was lent twice`)
      // What a promise was resolved with reaches its holder a microtask later. What is done in the same breath, as when one
      // look at the connections finds two endpoints silent and the second is lent what the first one's waiter waits for,
      // cannot be taken back: the first command tells, and was not sent.
      if (!isOpen(connectionId, endpointId) && !isClosedNow(connectionId))
        report(18, `connection ${connectionId} to ${endpointId} was dead when lent`)
      held.add(connectionId)
    },
    onEnded: (connectionId) => {
      held.delete(connectionId)
    },
  }
}
