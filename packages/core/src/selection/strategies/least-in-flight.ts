import { checkKnownFields, checkNumber } from '../../options/validate.ts'
import { diceFrom } from '../dice.ts'
import { latencyWindow, lessLoaded, lessLoadedOfTwo } from '../latency.ts'
import type { PreparedStrategy } from '../selection-strategy.ts'
import { slowStartShares } from '../slow-start.ts'
import { weightedChoice } from '../weighted-choice.ts'

export interface LeastInFlightOptions {
  /**
   * Milliseconds of average round trip by which a candidate may be slower than the fastest and still take part, 0 to
   * 60 000. Default 15.
   */
  readonly threshold?: number
}

/**
 * Each command goes to the less busy of two candidates drawn at random, among those about as near as the nearest; the
 * window is drawn anew at every preparation. Weights play no part.
 *
 * An endpoint that warms up (20 s after it recovered) is drawn less often, from a tenth of the usual to all.
 *
 * Gives no read-your-writes between independent endpoints. Holds no state.
 *
 * @throws ConfigurationError when an option is out of its range
 */
export const leastInFlight = (options: LeastInFlightOptions = {}): PreparedStrategy => {
  checkKnownFields('leastInFlight', options, ['threshold'])
  const threshold = checkNumber('leastInFlight.threshold', options.threshold ?? 15, {
    min: 0,
    max: 60_000,
    unit: 'milliseconds',
  })
  return {
    mode: 'spread',
    name: 'leastInFlight',
    prepare: (candidates, { now, random }) => {
      const near = latencyWindow(candidates, threshold)
      const shares = slowStartShares(near, now)
      const dice = diceFrom(random)
      if (shares === undefined) return () => lessLoadedOfTwo(near, dice)
      const draw = weightedChoice(shares, dice)
      return () => lessLoaded(near[draw()]!, near[draw()]!)
    },
  }
}
