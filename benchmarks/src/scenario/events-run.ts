import type { EventName } from '@redis-endpoint-failover/core'
import type { Address, ClientName } from '../client/benchmark-client.ts'

export const listenerCounts = [0, 1, 10] as const
export const snapshotSizes = [2, 10, 100, 500] as const

/** Events that come while all is well, and those of a switch. */
export const allEvents: readonly EventName[] = [
  'connection-opened',
  'connection-closed',
  'check-started',
  'check-succeeded',
  'check-failed',
  'health-changed',
  'activated',
  'failover',
  'failback',
  'retry',
]

export interface EventsRequest {
  readonly client: ClientName
  readonly addresses: readonly Address[]
  readonly rounds: number
  readonly eventsPerRound: number
  readonly sliceMs: number
}

export interface EventsResult {
  readonly client: ClientName
  readonly events: readonly { readonly event: string; readonly listeners: number; readonly nanoseconds: number }[]
  readonly snapshots: readonly { readonly endpoints: number; readonly microseconds: number }[]
  /** GETs with 50 in flight, with ten listeners for every event beside none. */
  readonly throughput: { readonly ratio: number; readonly control: number }
}
