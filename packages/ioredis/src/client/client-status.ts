import type { Router } from './router.ts'

/** The words of ioredis for what a client can do. */
export type ClientStatus = 'wait' | 'connecting' | 'ready' | 'reconnecting' | 'end'

/** What a client can do now; `before` tells a first connection from a later one. */
export const statusOf = (router: Router, before: ClientStatus): ClientStatus => {
  if (router.isEnded) return 'end'
  if (!router.isStarted) return 'wait'
  if (router.route.current !== undefined) return 'ready'
  return before === 'ready' || before === 'reconnecting' ? 'reconnecting' : 'connecting'
}

/** The events that ioredis emits on the way from one status to another. */
export const eventsBetween = (before: ClientStatus, now: ClientStatus): readonly string[] => {
  if (before === now) return []
  switch (now) {
    case 'ready':
      return before === 'wait' ? ['connecting', 'connect', 'ready'] : ['connect', 'ready']
    case 'reconnecting':
      return ['close', 'reconnecting']
    case 'end':
      return ['close', 'end']
    default:
      return [now]
  }
}
