import { diceFrom } from '../dice.ts'
import type { PreparedStrategy } from '../selection-strategy.ts'
import { slowStartShares } from '../slow-start.ts'
import { weightedChoice } from '../weighted-choice.ts'

/**
 * Each command goes to any candidate with the same probability, whatever the weights. An endpoint that warms up (20 s
 * after it recovered) gets a growing part of that, from a tenth to all.
 *
 * Gives no read-your-writes between independent endpoints. Holds no state.
 */
export const random = (): PreparedStrategy => ({
  mode: 'spread',
  name: 'random',
  prepare: (candidates, context) => {
    const shares = slowStartShares(candidates, context.now)
    const draw = diceFrom(context.random)
    if (shares === undefined) return () => candidates[draw(candidates.length)]
    const next = weightedChoice(shares, draw)
    return () => candidates[next()]
  },
})
