import type { Dice } from './dice.ts'

/** As fine as dice are. */
const STEPS = 2 ** 30

/**
 * Draws an index with a probability proportional to its weight, in O(log n) and without allocating. Weights must be
 * finite and not negative; where all are 0 the first index is drawn.
 */
export const weightedChoice = (weights: readonly number[], draw: Dice): (() => number) => {
  const upTo = new Float64Array(weights.length)
  let total = 0
  weights.forEach((weight, index) => {
    total += weight
    upTo[index] = total
  })
  return () => {
    const target = (draw(STEPS) / STEPS) * total
    let low = 0
    let high = upTo.length - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if (upTo[middle]! > target) high = middle
      else low = middle + 1
    }
    return low
  }
}
