import type { FailoverEvent } from '@redis-endpoint-failover/core'
import type { RedisServer } from '@redis-endpoint-failover/test-infra'
import type { DemoGroup, Servers } from '../clients/demo-client.ts'
import type { Timeline } from '../timeline.ts'

export const faultNames = ['crash', 'hang', 'drain', 'password', 'all-down'] as const
export type FaultName = (typeof faultNames)[number]

/** What a fault is done to. */
export interface World {
  readonly group: DemoGroup
  readonly servers: Servers
  /** The server that is active when the fault begins. */
  readonly victim: RedisServer
  readonly timeline: Timeline
}

/** A moment on the clock of `performance.now()`. */
export type Moment = number

/** One thing that goes wrong, as data: what is done, what is to be seen, and how it ends. */
export interface Fault {
  readonly name: FaultName
  readonly title: string
  /** Whether the victim goes DOWN while it is active, so that the way back to it takes longer each time. */
  readonly isDeath: boolean
  /** Resolves with the moment at which it happened. */
  readonly inject: (world: World) => Promise<Moment>
  readonly isDetected: (event: FailoverEvent, victim: string) => boolean
  /** Where the fault alone must not make the group move: what does. Resolves with the moment. */
  readonly provoke?: (world: World) => Promise<Moment>
  readonly isSwitched: (event: FailoverEvent, victim: string) => boolean
  /** Whether the group can go on only after `heal`. */
  readonly switchesAfterHeal?: boolean
  /** Milliseconds from what was seen to the end of the fault. */
  readonly holdMs: number
  /** Resolves with the moment from which the servers answer as before. */
  readonly heal: (world: World) => Promise<Moment>
}

export const isDown = (event: FailoverEvent, victim: string): boolean =>
  event.type === 'health-changed' && event.endpointId === victim && event.to === 'down'

export const isFailover = (event: FailoverEvent, victim: string): boolean =>
  event.type === 'failover' && event.from === victim
