import type { Address, ClientName } from '../client/benchmark-client.ts'

export interface StartRequest {
  readonly client: ClientName
  readonly addresses: readonly Address[]
  readonly rounds: number
}

export interface StartResult {
  readonly client: ClientName
  /** Milliseconds from making the client to the first reply, medians. */
  readonly bareMs: number
  readonly routedMs: number
  /** Median of the ratios within the rounds. */
  readonly ratio: number
  readonly control: number
}
