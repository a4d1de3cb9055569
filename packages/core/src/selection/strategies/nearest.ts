import type { Endpoint } from '../../endpoint/endpoint.ts'
import { checkKnownFields, checkNumber } from '../../options/validate.ts'
import { isLatency } from '../latency.ts'
import type { PreparedStrategy } from '../selection-strategy.ts'

/** Both must be exceeded before another endpoint is better. */
export interface NearestOptions {
  /** Milliseconds of average round trip that a move must gain, 0 to 60 000. Default 5. */
  readonly minGain?: number
  /** The same as a part of the present round trip, 0 to 1. Default 0.2. */
  readonly minGainRatio?: number
}

/**
 * The candidate with the shortest average round trip of probes. Sticky, with hysteresis: it stays with the active
 * endpoint, and at first with the preferred one, until another is nearer by more than `minGain` and by more than
 * `minGainRatio`. So noise moves nothing, and endpoints that are about equally near are used by weight.
 *
 * An endpoint without a measurement is not moved to while another has one, and not left for want of one.
 *
 * @throws ConfigurationError when an option is out of its range
 */
export const nearest = (options: NearestOptions = {}): PreparedStrategy => {
  checkKnownFields('nearest', options, ['minGain', 'minGainRatio'])
  const minGain = checkNumber('nearest.minGain', options.minGain ?? 5, { min: 0, max: 60_000, unit: 'milliseconds' })
  const minGainRatio = checkNumber('nearest.minGainRatio', options.minGainRatio ?? 0.2, { min: 0, max: 1 })

  const isNearer = (roundTripMs: number, thanMs: number): boolean =>
    thanMs - roundTripMs > minGain && thanMs - roundTripMs > minGainRatio * thanMs

  return {
    mode: 'sticky',
    name: 'nearest',
    prepare: (candidates, { active }) => {
      const chosen = choose(
        candidates,
        candidates.find(({ id }) => id === active?.id),
        isNearer,
      )
      return () => chosen
    },
  }
}

const choose = (
  candidates: readonly Endpoint[],
  active: Endpoint | undefined,
  isNearer: (roundTripMs: number, thanMs: number) => boolean,
): Endpoint | undefined => {
  const incumbent = active ?? candidates.find(({ roundTripMs }) => isLatency(roundTripMs)) ?? candidates[0]
  const present = incumbent?.roundTripMs
  if (!isLatency(present)) return incumbent
  const fastest = candidates.reduce(
    (best, { roundTripMs }) => (isLatency(roundTripMs) ? Math.min(best, roundTripMs) : best),
    present,
  )
  return isNearer(fastest, present) ? candidates.find(({ roundTripMs }) => roundTripMs === fastest) : incumbent
}
