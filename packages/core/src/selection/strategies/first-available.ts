import type { PreparedStrategy } from '../selection-strategy.ts'

/**
 * The candidate of the highest weight, the first in configuration order among equals: failover mode, and the default.
 * Sticky.
 */
export const firstAvailable = (): PreparedStrategy => ({
  mode: 'sticky',
  name: 'firstAvailable',
  prepare:
    ([first]) =>
    () =>
      first,
})
