import type { Endpoint } from '../endpoint/endpoint.ts'
import type { Random } from '../runtime/random.ts'
import { type Dice, diceOf } from './dice.ts'

/** The share of the newest sample in the average round trip. */
const NEWEST_SHARE = 0.2

/** Whether a number can be a latency in milliseconds: finite and not negative. */
export const isLatency = (sampleMs: number | undefined): sampleMs is number =>
  sampleMs !== undefined && Number.isFinite(sampleMs) && sampleMs >= 0

/**
 * The average round trip of probes in milliseconds, after one more sample: `0.2 * sample + 0.8 * previous`, or the sample
 * itself if it is the first. A sample that cannot be a latency (NaN, infinite, negative) changes nothing, so the result
 * is `undefined` only where there has been no usable sample yet.
 */
export function averageRoundTrip(previous: number, sampleMs: number): number
export function averageRoundTrip(previous: number | undefined, sampleMs: number): number | undefined
export function averageRoundTrip(previous: number | undefined, sampleMs: number): number | undefined {
  if (!isLatency(sampleMs)) return previous
  // This form cannot leave the range of its two operands by rounding.
  return previous === undefined ? sampleMs : previous + NEWEST_SHARE * (sampleMs - previous)
}

/**
 * The candidates whose average round trip is at most `thresholdMs` above that of the fastest, in the same order. Those
 * without a measurement are included: they would never get one otherwise.
 *
 * Source: the latency window of the MongoDB server selection specification.
 */
export const latencyWindow = (candidates: readonly Endpoint[], thresholdMs: number): readonly Endpoint[] => {
  let limit = Number.POSITIVE_INFINITY
  for (const { roundTripMs } of candidates) {
    if (isLatency(roundTripMs)) limit = Math.min(limit, roundTripMs + thresholdMs)
  }
  return candidates.filter(({ roundTripMs }) => !isLatency(roundTripMs) || roundTripMs <= limit)
}

/** The one with fewer commands in flight; the first of two that are equal. */
export const lessLoaded = (first: Endpoint, second: Endpoint): Endpoint =>
  second.inFlight < first.inFlight ? second : first

/**
 * Draws two different candidates and takes the one with fewer commands in flight; `undefined` where there is none.
 * Allocates nothing.
 *
 * Source: M. Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 1996.
 */
export const lessLoadedOfTwo = (candidates: readonly Endpoint[], draw: Dice): Endpoint | undefined => {
  const count = candidates.length
  if (count < 2) return candidates[0]
  const first = draw(count)
  const other = draw(count - 1)
  return lessLoaded(candidates[first]!, candidates[other < first ? other : other + 1]!)
}

/** The same with any source of random numbers. */
export const twoRandomChoices = (candidates: readonly Endpoint[], random: Random): Endpoint | undefined =>
  lessLoadedOfTwo(candidates, diceOf(random))
