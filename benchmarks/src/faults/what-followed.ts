import type { FailoverEvent } from '@redis-endpoint-failover/core'
import type { Session } from '../scenario/session.ts'
import { never } from './fault-row.ts'

/** The first time since `from` that an endpoint went DOWN. */
export const firstDown = (session: Session, from: number, id = 'east'): FailoverEvent<'health-changed'> | undefined =>
  session.eventsSince('health-changed', from).find(({ endpointId, to }) => endpointId === id && to === 'down')

/** How often an endpoint went DOWN since `from`. */
export const downsSince = (session: Session, from: number): number =>
  session.eventsSince('health-changed', from).filter(({ to }) => to === 'down').length

/** From `from` until the event, in milliseconds; `never` where there is none. */
export const msUntil = (event: { readonly at: number } | undefined, from: number): number =>
  event === undefined ? never : event.at - performance.timeOrigin - from

/** Switches beyond the one that was to come; 1 also where none came. */
export const switchesBeyondOne = (session: Session, from: number): number =>
  Math.abs(session.switchesSince(from).length - 1)
