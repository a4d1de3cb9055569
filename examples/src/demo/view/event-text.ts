import type { FailoverEvent } from '@redis-endpoint-failover/core'
import { duration } from './format.ts'

/** One line for an event that is worth one. */
export const eventText = (event: FailoverEvent): string | undefined => {
  switch (event.type) {
    case 'activated':
      return `active: ${event.to} (${event.reason})`
    case 'failover':
      return `failover: ${event.from} -> ${event.to} (${event.reason}), detected in ${duration(event.detectionMs)}, ${event.ambiguousInFlight} commands in flight`
    case 'failback':
      return `failback: ${event.from} -> ${event.to} (${event.reason}) after ${duration(event.graceMs)} of grace`
    case 'deactivated':
      return `no endpoint is active: ${event.from} was left (${event.reason})`
    case 'health-changed':
      return `${event.endpointId}: ${event.from} -> ${event.to} (${event.message})`
    case 'connections-refused':
      return `${event.endpointId}: refuses new connections (${event.message})`
    case 'connections-accepted':
      return `${event.endpointId}: accepts new connections again`
    case 'connection-replaced':
      return `${event.endpointId}: a connection silent for ${duration(event.silentMs)} was replaced`
    case 'all-down':
      return 'all endpoints are down; commands wait'
    case 'recovered':
      return `recovered by ${event.endpointId} after ${duration(event.downForMs)}`
    case 'drain-started':
      return `${event.endpointId}: draining, ${event.inFlight} commands in flight`
    case 'drain-finished':
      return `${event.endpointId}: drained`
    case 'observer-suspect':
      return `our own side is suspected: ${event.message}`
    case 'stall-ended':
      return `this process stood still for ${duration(event.durationMs)}`
    case 'retry-budget-exhausted':
      return `${event.endpointId}: the retry budget is exhausted`
    case 'error':
      return `error: ${event.error.message}`
    default:
      return undefined
  }
}
