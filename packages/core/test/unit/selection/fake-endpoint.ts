import type { Endpoint } from '../../../src/endpoint/endpoint.ts'
import type { Random } from '../../../src/runtime/random.ts'
import type { Picker, SelectionContext } from '../../../src/selection/selection-strategy.ts'
import { seededRandom } from '../../../src/testing/seeded-random.ts'

/** An endpoint of the given qualities; `order` follows the id where that ends in digits or is one letter. */
export const endpoint = (id: string, qualities: Partial<Endpoint> = {}): Endpoint => ({
  id,
  weight: 1,
  zone: undefined,
  tags: {},
  state: 'up',
  writable: true,
  order: Number(/\d+$/.exec(id)?.[0] ?? id.charCodeAt(0)),
  roundTripMs: undefined,
  upSince: 0,
  inFlight: 0,
  commandLatencyMs: undefined,
  ...qualities,
})

/** Endpoints a, b, c, ... of these weights. */
export const weightedEndpoints = (weights: readonly number[]): Endpoint[] =>
  weights.map((weight, index) => endpoint(`endpoint-${index}`, { weight, order: index }))

export const context = (overrides: Partial<SelectionContext> = {}): SelectionContext => ({
  operation: 'write',
  active: undefined,
  preferred: undefined,
  zone: undefined,
  now: 1_000_000,
  random: seededRandom('context'),
  ...overrides,
})

/** The ids that `count` choices give. */
export const picks = (picker: Picker, count: number): (string | undefined)[] =>
  Array.from({ length: count }, () => picker()?.id)

/** How often each index or id occurs. */
export const countOf = <T>(values: readonly T[]): Map<T, number> => {
  const counts = new Map<T, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

/** A whole number from `from` to `to`, both included. */
export const between = (random: Random, from: number, to: number): number =>
  from + Math.floor(random() * (to - from + 1))

/** Whether `hits` of `draws` are within three standard deviations of what `probability` lets expect. */
export const isWithinThreeSigma = (hits: number, draws: number, probability: number): boolean =>
  Math.abs(hits - draws * probability) <= 3 * Math.sqrt(draws * probability * (1 - probability))
