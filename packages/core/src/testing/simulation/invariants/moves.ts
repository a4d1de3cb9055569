import type { FailoverEvent } from '../../../events/event-map.ts'
import type { EndpointModel } from '../group-model.ts'
import { isLive } from '../group-model.ts'
import type { InvariantFactory } from './invariant.ts'

/** Ten minutes up take one death back. */
const DECAY_MS = 600_000
/** Timers and events are at whole milliseconds here and there. */
const EPSILON_MS = 1

/** 8: how often the group moves of its own will, and how long the target must have been well. */
export const movesInvariant: InvariantFactory = ({ now, model, settings, report }) => {
  const { failback } = settings

  /** The least grace of an endpoint with these deaths. */
  const leastGrace = ({ deaths }: EndpointModel): number => {
    const first = deaths[0]
    const decayed = first === undefined ? 0 : Math.floor((now() - first) / DECAY_MS)
    const counted = Math.max(1, deaths.length - decayed)
    return Math.min(failback.grace * 2 ** (counted - 1), failback.graceMax)
  }

  const check = (event: FailoverEvent<'failback'>): void => {
    const stayed = now() - model.lastSwitchAt
    if (stayed < failback.minStay - EPSILON_MS)
      report(8, `failback to ${event.to} ${stayed} ms after the last switch; minStay is ${failback.minStay} ms`)
    if (failback.mode !== 'auto') report(8, `failback to ${event.to} by itself in mode "${failback.mode}"`)
    const target = model.endpoints.get(event.to)
    if (target === undefined || !isLive(target.state)) return
    const up = now() - target.upSince
    if (up < event.graceMs - EPSILON_MS)
      report(8, `failback to ${event.to}, up for ${up} ms; its grace is ${event.graceMs} ms`)
    // A listener that switches before the death is told has left the endpoint before it died.
    const least = settings.hasMeddlers ? 0 : leastGrace(target)
    if (event.graceMs < least - EPSILON_MS)
      report(8, `failback to ${event.to} after a grace of ${event.graceMs} ms; its deaths ask for ${least} ms`)
  }

  return {
    name: 'moves',
    onEvent: (event) => {
      if (event.type === 'failback') check(event)
    },
  }
}
