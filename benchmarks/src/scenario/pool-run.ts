import type { Address, ClientName } from '../client/benchmark-client.ts'

export const poolDepths = [1, 10, 50] as const
/** Connections of every pool. */
export const poolSize = 10

export interface PoolRequest {
  readonly client: ClientName
  readonly addresses: readonly Address[]
  readonly rounds: number
  readonly sliceMs: number
  /** Pairs of acquire and release in a row. */
  readonly pairsPerRound: number
}

export interface PoolRow {
  readonly client: ClientName
  readonly pool: string
  /** Microseconds for acquire and release of an idle connection; `undefined` where a pool has no such. */
  readonly pairMicroseconds: number | undefined
  /** Acquire, GET, release: by the number of users at a time. */
  readonly withGet: readonly { readonly users: number; readonly perSecond: number; readonly ratio: number }[]
}
