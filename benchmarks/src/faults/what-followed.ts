import type { FailoverEvent } from '@redis-endpoint-failover/core'
import { failed, type LoadReport } from '@redis-endpoint-failover/testkit/load'
import type { Session } from '../scenario/session.ts'
import { atMost, never } from './fault-row.ts'

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

/** The measures of rows after which nothing may have happened; their values are those of `whatFollowed`. */
export const nothingMayFollow = {
  switches: atMost(0, 'switches'),
  downs: atMost(0, 'endpoints called DOWN'),
  failedCommands: atMost(0, 'commands failed'),
}

/** What happened to the endpoints since `from`, and how many commands of the load failed. */
export const whatFollowed = (
  session: Session,
  from: number,
  { reads, incrs }: Pick<LoadReport, 'reads' | 'incrs'>,
) => ({
  switches: session.switchesSince(from).length,
  downs: downsSince(session, from),
  failedCommands: failed([...reads, ...incrs]).length,
})

/** How often an endpoint became suspect since `from`. */
export const suspicionsSince = (session: Session, from: number): number =>
  session.eventsSince('health-changed', from).filter(({ to }) => to === 'suspect').length
