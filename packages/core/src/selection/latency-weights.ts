import type { Endpoint } from '../endpoint/endpoint.ts'
import { isLatency } from './latency.ts'

/** Latencies below this many milliseconds are all the same: below it we measure our own event loop. */
const LEAST_LATENCY_MS = 1

/** No endpoint gets less than this share of the greatest weight: it would never be measured again. */
const LEAST_SHARE = 0.1

/**
 * `weight * share / max(latency, 1 ms)` for each candidate, at least a tenth of the greatest, where `share` is that of a
 * slow start. A candidate without a latency is taken to be as fast as the mean of the others. A configured weight of 0
 * stays 0, unless all are.
 */
export const latencyWeights = (
  candidates: readonly Endpoint[],
  latencyOf: (endpoint: Endpoint) => number | undefined,
  shares?: readonly number[],
): readonly number[] => {
  const speeds = candidates.map((candidate) => speed(latencyOf(candidate)))
  const known = speeds.filter((value) => value !== undefined)
  const mean = known.length === 0 ? 1 : known.reduce((sum, value) => sum + value, 0) / known.length
  const ignoreWeights = candidates.every(({ weight }) => weight === 0)
  const weights = candidates.map(
    ({ weight }, index) => (ignoreWeights ? 1 : weight) * (shares?.[index] ?? 1) * (speeds[index] ?? mean),
  )
  const least = LEAST_SHARE * Math.max(...weights)
  return weights.map((weight) => (weight === 0 ? 0 : Math.max(weight, least)))
}

/** Whether any share of the whole has changed by more than `ratio` of what it was. */
export const sharesDiffer = (before: readonly number[], after: readonly number[], ratio: number): boolean => {
  const scale = sum(before) / sum(after)
  return after.some((weight, index) => Math.abs(weight * scale - before[index]!) > ratio * before[index]!)
}

const speed = (latencyMs: number | undefined): number | undefined =>
  isLatency(latencyMs) ? 1 / Math.max(latencyMs, LEAST_LATENCY_MS) : undefined

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
