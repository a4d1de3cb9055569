import type { FailoverGroup } from '@redis-endpoint-failover/core'
import type { RedisServer } from '@redis-endpoint-failover/test-infra'
import type { EndpointId } from '../settings.ts'

/** What the demo uses of a group, whatever the client is. */
export type DemoGroup = Pick<
  FailoverGroup,
  'active' | 'close' | 'drain' | 'events' | 'history' | 'resume' | 'snapshot' | 'start'
>

export type Servers = Readonly<Record<EndpointId, RedisServer>>

/** A failover client with the two commands that the load sends through it. */
export interface DemoClient {
  readonly group: DemoGroup
  readonly get: (key: string) => Promise<unknown>
  readonly incr: (key: string) => Promise<unknown>
}
