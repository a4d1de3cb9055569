import type { Address, ClientName } from '../client/benchmark-client.ts'

/** Who takes part. `control` is `bare` once more: its ratio is the noise. */
export const laneNames = ['bare', 'routed', 'deadline', 'defaults', 'control'] as const
export type LaneName = (typeof laneNames)[number]

export interface Workload {
  readonly operation: Operation
  /** Bytes of the values that are read or written. */
  readonly valueBytes: number
}

export const operations = ['GET', 'SET', 'INCR', 'pipeline of 10 GET', 'MULTI of GET and INCR'] as const
export type Operation = (typeof operations)[number]

export const workloads: readonly Workload[] = [
  { operation: 'GET', valueBytes: 32 },
  { operation: 'GET', valueBytes: 10_240 },
  { operation: 'SET', valueBytes: 32 },
  { operation: 'SET', valueBytes: 10_240 },
  { operation: 'INCR', valueBytes: 0 },
  { operation: 'pipeline of 10 GET', valueBytes: 32 },
  { operation: 'MULTI of GET and INCR', valueBytes: 32 },
]

export const depths = [1, 50, 500] as const

export interface OverheadRequest {
  readonly client: ClientName
  readonly addresses: readonly Address[]
  readonly workload: Workload
  readonly inFlight: readonly number[]
  readonly sliceMs: number
  readonly rounds: number
  /** `commandTimeout` of the lane `deadline`, in milliseconds. */
  readonly commandTimeout: number
}

export interface LaneResult {
  /** Throughput beside the bare client with the same settings: median of the rounds, and the quartiles. */
  readonly ratio: number
  readonly quartiles: readonly [number, number]
  /** CPU of the process for one operation beside the bare client's, median. */
  readonly cpuRatio: number
  /** Median. */
  readonly perSecond: number
}

export interface OverheadResult extends Workload {
  readonly client: ClientName
  readonly inFlight: number
  readonly lanes: Readonly<Record<LaneName, LaneResult>>
}
