import type { RedisServer } from '@redis-endpoint-failover/test-infra'
import type { CountedServer } from '@redis-endpoint-failover/testkit/load'
import type { BenchmarkClient, Commands } from '../client/benchmark-client.ts'
import type { StallWatch } from '../measure/stall-watch.ts'

export const contenderNames = [
  'default',
  'fast',
  'alone',
  'sentinel-5000',
  'sentinel-1000',
  'haproxy',
  'haproxy-default',
  'haproxy-fast',
] as const
export type ContenderName = (typeof contenderNames)[number]
export const ourNames = ['default', 'fast'] as const satisfies readonly ContenderName[]

/** Servers, what stands between, and a connected client: made for one run. */
export interface Arena {
  readonly commands: Commands
  /** The server that answers, which the fault is done to. */
  readonly active: RedisServer
  /** Whose data count when all is over. */
  counted(): Promise<readonly CountedServer[]>
  stop(): Promise<void>
}

/** One way to go on when a server fails. */
export interface Contender {
  readonly name: ContenderName
  readonly label: string
  /** How it is set up. */
  readonly what: string
  /** Seconds until its servers and its client are ready, for the forecast. */
  readonly startSeconds: number
  open(client: BenchmarkClient, stalls: StallWatch): Promise<Arena>
}
