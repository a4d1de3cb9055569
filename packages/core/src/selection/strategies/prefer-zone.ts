import type { Endpoint } from '../../endpoint/endpoint.ts'
import { checkText } from '../../options/validate.ts'
import { asPrepared } from '../prepared-strategy.ts'
import { preferredOf } from '../ranking.ts'
import type { Picker, PreparedStrategy, SelectionContext, SelectionStrategy } from '../selection-strategy.ts'
import { firstAvailable } from './first-available.ts'

/**
 * Candidates of the own zone first; the others only while it has none, or while `then` finds none of them fit. Within
 * each part `then` chooses, by default `firstAvailable()`; the result is sticky or spread as `then` is. Without a zone it
 * is just `then`.
 *
 * @param zone the own zone; by default the group's `zone` option, or the one that the operation asks for
 * @param then chooses among the candidates of a part; belongs to this strategy alone
 * @throws ConfigurationError when `zone` is given and is no text of 1 to 200 characters
 */
export const preferZone = (zone?: string, then: SelectionStrategy = firstAvailable()): PreparedStrategy => {
  if (zone !== undefined) checkText('preferZone.zone', zone)
  const inner = asPrepared(then)
  return {
    mode: inner.mode,
    name: inner.name === 'firstAvailable' ? 'preferZone' : `preferZone, ${inner.name ?? 'custom'}`,
    prepare: (candidates, context) => {
      const ownZone = zone ?? context.zone
      const own = candidates.filter((candidate) => candidate.zone === ownZone)
      const others = candidates.filter((candidate) => candidate.zone !== ownZone)
      if (ownZone === undefined || own.length === 0 || others.length === 0) return inner.prepare(candidates, context)
      const pickOwn = inner.prepare(own, contextFor(own, context))
      // Prepared only when needed: a strategy that keeps its place should not lose it to candidates that it never uses.
      let pickOther: Picker | undefined
      return () => {
        const chosen = pickOwn()
        if (chosen !== undefined) return chosen
        pickOther ??= inner.prepare(others, contextFor(others, context))
        return pickOther()
      }
    },
  }
}

const contextFor = (candidates: readonly Endpoint[], context: SelectionContext): SelectionContext => ({
  ...context,
  active: candidates.find(({ id }) => id === context.active?.id),
  preferred: preferredOf(candidates),
})
