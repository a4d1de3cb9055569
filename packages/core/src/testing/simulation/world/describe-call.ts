import type { CallRecord } from './ledger.ts'

/** A call in a few words. */
export const describe = ({ number, kind, sentTo }: CallRecord): string =>
  `call ${number} (${kind}, sent to ${sentTo.join(', ') || 'nobody'})`
