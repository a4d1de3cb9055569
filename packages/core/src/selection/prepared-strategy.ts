import type { PreparedStrategy, SelectionStrategy } from './selection-strategy.ts'

/** The prepared form of any strategy. A plain function is sticky: it is asked once per preparation. */
export const asPrepared = (strategy: SelectionStrategy): PreparedStrategy => {
  if (typeof strategy !== 'function') return strategy
  return {
    mode: 'sticky',
    name: strategy.name === '' ? 'custom' : strategy.name,
    prepare: (candidates, context) => {
      const chosen = strategy(candidates, context)
      return () => chosen
    },
  }
}
