import type { Address, ClientName } from '../client/benchmark-client.ts'

export interface IdleRequest {
  readonly client: ClientName
  /** Of the group's endpoints, or of bare clients: one for each. */
  readonly addresses: readonly Address[]
  /** Clients that share the group; `bare` for no group, and a bare client for each address. */
  readonly clients: number | 'bare'
  /** What passes before anything is measured, and for how long it is measured. */
  readonly settleMs: number
  readonly windowMs: number
}

export interface IdleResult {
  readonly client: ClientName
  readonly endpoints: number
  readonly clients: number | 'bare'
  /** Of one core. */
  readonly cpuShare: number
  /** Memory that is held after a collection, buffers of sockets included, above what was held before. */
  readonly heldBytes: number
  /** The same of all that the process has from the system. */
  readonly residentBytes: number
  readonly probesPerSecond: number
  /** From `connect()` until every endpoint was up. */
  readonly startMs: number
  readonly sockets: number
}
