import type { Endpoint } from '../endpoint/endpoint.ts'
import type { Random } from '../runtime/random.ts'
import { smoothWeighted } from './smooth-weighted.ts'

/** A smooth weighted round robin under way, and what it was made for. */
export interface Rotation {
  readonly ids: readonly string[]
  readonly weights: readonly number[]
  readonly next: () => number
}

/**
 * The rotation for `candidates` with these weights: the previous one if it is for the same, so that being prepared again
 * does not disturb its order; else a new one that starts at a random place, so that being prepared often favours nobody.
 */
export const continueRotation = (
  previous: Rotation | undefined,
  candidates: readonly Endpoint[],
  weights: readonly number[],
  random: Random,
): Rotation => {
  if (
    previous !== undefined &&
    hasMembers(previous, candidates) &&
    weights.every((weight, index) => weight === previous.weights[index])
  ) {
    return previous
  }
  return { ids: candidates.map(({ id }) => id), weights, next: smoothWeighted(weights, random) }
}

/** Whether the rotation is among exactly these endpoints, in this order. */
export const hasMembers = (rotation: Pick<Rotation, 'ids'>, candidates: readonly Endpoint[]): boolean =>
  rotation.ids.length === candidates.length && candidates.every(({ id }, index) => id === rotation.ids[index])

/** The configured weights, reduced by the shares of a slow start where there is one. */
export const rampedWeights = (
  candidates: readonly Endpoint[],
  shares: readonly number[] | undefined,
): readonly number[] => candidates.map(({ weight }, index) => weight * (shares?.[index] ?? 1))
