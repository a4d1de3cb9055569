import type { EventName } from './event-map.ts'

// A record, so that the compiler asks for every name.
const NAMES: Readonly<Record<EventName, true>> = {
  'endpoint-added': true,
  'endpoint-removed': true,
  'endpoint-updated': true,
  'connection-opened': true,
  'connection-closed': true,
  'connection-replaced': true,
  'connections-refused': true,
  'connections-accepted': true,
  'check-started': true,
  'check-succeeded': true,
  'check-failed': true,
  'health-changed': true,
  activated: true,
  failover: true,
  failback: true,
  deactivated: true,
  pinned: true,
  unpinned: true,
  'all-down': true,
  recovered: true,
  'stall-started': true,
  'stall-ended': true,
  'observer-suspect': true,
  'same-server': true,
  'stale-primary': true,
  'stale-primary-cleared': true,
  'multiple-primaries': true,
  retry: true,
  'retry-budget-exhausted': true,
  'subscriptions-moved': true,
  'drain-started': true,
  'drain-finished': true,
  error: true,
}

/** Every event there is. */
export const eventNames = Object.keys(NAMES) as readonly EventName[]
