import type { EventName } from '../../events/event-map.ts'

/** Those that come with every probe, connection or command. */
export const FREQUENT: ReadonlySet<EventName> = new Set<EventName>([
  'check-started',
  'check-succeeded',
  'connection-opened',
  'connection-closed',
  'retry',
])
