import type { Endpoint } from '../../endpoint/endpoint.ts'
import type { Operation, PreparedStrategy } from '../selection-strategy.ts'
import { slowStartShares } from '../slow-start.ts'
import { smoothWeighted } from '../smooth-weighted.ts'

/** The endpoint that was chosen last, even if it is no candidate any more. */
interface Cursor {
  last: Endpoint | undefined
}

/**
 * Each command goes to the next candidate in configuration order, whatever the weights. Over a static set the numbers of
 * choices differ by at most one; when candidates come and go, the round continues behind the one chosen last. Reads and
 * writes go round separately.
 *
 * While an endpoint warms up (20 s after it recovered), it gets a growing part of its turns, from a tenth to all.
 *
 * Gives no read-your-writes between independent endpoints. Holds its place in the round: one object for one group.
 */
export const roundRobin = (): PreparedStrategy => {
  const cursors: Record<Operation, Cursor> = { read: { last: undefined }, write: { last: undefined } }
  return {
    mode: 'spread',
    name: 'roundRobin',
    prepare: (candidates, { operation, now, random }) => {
      const cursor = cursors[operation]
      const ring = candidates.toSorted((a, b) => a.order - b.order)
      const shares = slowStartShares(ring, now)
      const next =
        shares === undefined ? countFrom(successor(ring, cursor.last), ring.length) : smoothWeighted(shares, random)
      return () => {
        const chosen = ring[next()]
        cursor.last = chosen
        return chosen
      }
    },
  }
}

/** Where the round goes on: behind the last one, or behind its place where it is gone. */
const successor = (ring: readonly Endpoint[], last: Endpoint | undefined): number => {
  if (last === undefined) return 0
  const at = ring.findIndex(({ id }) => id === last.id)
  const next = at >= 0 ? at + 1 : ring.findIndex(({ order }) => order > last.order)
  return next < 0 || next === ring.length ? 0 : next
}

const countFrom = (start: number, length: number): (() => number) => {
  let at = start
  return () => {
    const current = at
    at = current + 1 === length ? 0 : current + 1
    return current
  }
}
