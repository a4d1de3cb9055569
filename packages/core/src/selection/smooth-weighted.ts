import type { Random } from '../runtime/random.ts'
import { deadlineQueue } from './deadline-queue.ts'

/** The most additions that laying out a cycle may cost: about a tenth of a millisecond. */
const MAX_CYCLE_WORK = 65_536

/**
 * Serves indices in proportion to their weights, and as evenly spaced as possible: 5, 1, 1 gives 0 0 1 0 2 0 0. With
 * whole weights and a sum of W, any W consecutive choices serve each index exactly as often as its weight says. A choice
 * is O(1), or O(log n) where the cycle would be too long to lay out (fractions, large weights); it allocates nothing.
 *
 * Weights may be fractions. An index of weight 0, or of a weight that is no finite positive number, is not served, unless
 * there are no others; without any weights the result is always -1.
 *
 * @param random where in the cycle to start; by default at its beginning
 *
 * Source: the smooth weighted round robin of nginx (`ngx_http_upstream_round_robin`).
 */
export const smoothWeighted = (weights: readonly number[], random: Random = () => 0): (() => number) => {
  const served = servedIndices(weights)
  if (served.length < 2) {
    const only = served[0] ?? -1
    return () => only
  }
  const shares = served.map((index) => (isServed(weights[index]!) ? weights[index]! : 1))
  const whole = wholeNumbers(shares)
  const period = whole?.reduce((sum, share) => sum + share, 0)
  if (whole === undefined || period === undefined || period * whole.length > MAX_CYCLE_WORK) {
    const next = deadlineQueue(whole ?? shares, random, period)
    return () => served[next()]!
  }
  const cycle = layOutCycle(whole, period).map((position) => served[position]!)
  let at = Math.floor(random() * period)
  return () => {
    const next = cycle[at]!
    at = at + 1 === period ? 0 : at + 1
    return next
  }
}

const isServed = (weight: number): boolean => Number.isFinite(weight) && weight > 0

const servedIndices = (weights: readonly number[]): number[] => {
  const all = [...weights.keys()]
  const some = all.filter((index) => isServed(weights[index]!))
  return some.length === 0 ? all : some
}

/** The smallest whole numbers of the same proportions, as far as they are easily found; `undefined` for others. */
const wholeNumbers = (shares: readonly number[]): readonly number[] | undefined => {
  const least = Math.min(...shares)
  const candidates = shares.every(Number.isSafeInteger) ? shares : shares.map((share) => share / least)
  if (!candidates.every(Number.isSafeInteger)) return undefined
  const divisor = candidates.reduce(greatestCommonDivisor)
  return candidates.map((share) => share / divisor)
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b))

/** Each step adds every weight to its index; the index that has the most is served and pays the sum of all. */
const layOutCycle = (weights: readonly number[], period: number): Uint32Array => {
  const cycle = new Uint32Array(period)
  const credit = new Float64Array(weights.length)
  for (let step = 0; step < period; step += 1) {
    let best = 0
    for (let index = 0; index < weights.length; index += 1) {
      credit[index] = credit[index]! + weights[index]!
      if (credit[index]! > credit[best]!) best = index
    }
    credit[best] = credit[best]! - period
    cycle[step] = best
  }
  return cycle
}
