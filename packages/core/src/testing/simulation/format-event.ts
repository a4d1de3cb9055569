import type { FailoverEvent } from '../../events/event-map.ts'

/** An event as one line; the fields that all share are left out. */
export const formatEvent = (event: FailoverEvent): string => {
  const { type, seq: _seq, at: _at, group: _group, ...payload } = event
  if (event.type === 'error') return `error ${event.endpointId ?? ''} ${event.error.message}`
  const fields = Object.entries(payload).map(([name, value]) => `${name}=${text(value)}`)
  return `${type} ${fields.join(' ')}`
}

const text = (value: unknown): string => {
  if (typeof value === 'number') return String(Math.round(value * 1000) / 1000)
  return typeof value === 'string' ? value : JSON.stringify(value)
}
