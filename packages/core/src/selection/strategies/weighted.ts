import { continueRotation, type Rotation, rampedWeights } from '../rotation.ts'
import type { Operation, PreparedStrategy } from '../selection-strategy.ts'
import { slowStartShares } from '../slow-start.ts'

/**
 * Spreads commands in proportion to the configured weights, evenly interleaved (`smoothWeighted`): over a static set with
 * whole weights and a sum of W, any W consecutive commands are split exactly. Endpoints of weight 0 get nothing, unless
 * all are 0. Reads and writes are spread separately.
 *
 * An endpoint that warms up (20 s after it recovered) gets a growing part of its share, from a tenth to all.
 *
 * Gives no read-your-writes between independent endpoints. Holds its place in the rotation: one object for one group.
 */
export const weighted = (): PreparedStrategy => {
  const rotations: Partial<Record<Operation, Rotation>> = {}
  return {
    mode: 'spread',
    name: 'weighted',
    prepare: (candidates, { operation, now, random }) => {
      const weights = rampedWeights(candidates, slowStartShares(candidates, now))
      const rotation = continueRotation(rotations[operation], candidates, weights, random)
      rotations[operation] = rotation
      return () => candidates[rotation.next()]
    },
  }
}
