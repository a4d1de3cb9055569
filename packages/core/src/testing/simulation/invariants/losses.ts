import type { Ledger } from '../world/ledger.ts'
import type { InvariantFactory } from './invariant.ts'

/** Counts connections that were lost and endpoints that were left: each is owed one repeat per call. Asserts nothing. */
export const lossesInvariant =
  (ledger: Pick<Ledger, 'losses'>): InvariantFactory =>
  () => ({
    name: 'losses',
    onEvent: ({ type }) => {
      if (type === 'connection-closed' || type === 'failover' || type === 'failback' || type === 'deactivated')
        ledger.losses += 1
    },
  })
