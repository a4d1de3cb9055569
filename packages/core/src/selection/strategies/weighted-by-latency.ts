import type { Endpoint } from '../../endpoint/endpoint.ts'
import { checkKnownFields, checkOneOf } from '../../options/validate.ts'
import { latencyWeights, sharesDiffer } from '../latency-weights.ts'
import { continueRotation, hasMembers, type Rotation } from '../rotation.ts'
import type { Operation, PreparedStrategy, SelectionContext } from '../selection-strategy.ts'
import { slowStartShares } from '../slow-start.ts'

export interface WeightedByLatencyOptions {
  /**
   * `commands`: the peak-sensitive latency of the application's own commands. `probes`: the average round trip of health
   * probes. `auto` (the default): that of commands, or that of probes while no candidate has had any.
   */
  readonly measure?: 'auto' | 'commands' | 'probes'
}

/** Weights are computed anew at most this often, in milliseconds, as long as the candidates are the same. */
const RECOMPUTE_MS = 1000

/** And take effect when the share of any candidate has changed by more than this ratio. */
const RELEVANT_CHANGE = 0.2

interface State {
  readonly rotation: Rotation
  readonly configured: readonly number[]
  readonly computedAt: number
  readonly ramping: boolean
}

/**
 * Spreads commands in proportion to `weight / max(latency, 1 ms)`, but at least a tenth of the greatest such value, so
 * that every candidate goes on being measured; that floor also bounds the ratio of configured weights. Weights are
 * computed anew at most once a second, and take effect when a share has changed by more than 20 %. An endpoint with too
 * few samples counts as fast as the mean. An endpoint of weight 0 gets nothing, unless all are 0.
 *
 * An endpoint that warms up (20 s after it recovered) gets a growing part of its share, from a tenth to all.
 *
 * Gives no read-your-writes between independent endpoints. Holds its place in the rotation: one object for one group.
 *
 * @throws ConfigurationError when an option is not one of those described
 */
export const weightedByLatency = (options: WeightedByLatencyOptions = {}): PreparedStrategy => {
  checkKnownFields('weightedByLatency', options, ['measure'])
  const measure = checkOneOf('weightedByLatency.measure', options.measure ?? 'auto', ['auto', 'commands', 'probes'])
  const states: Partial<Record<Operation, State>> = {}
  return {
    mode: 'spread',
    name: 'weightedByLatency',
    prepare: (candidates, context) => {
      const state = advance(states[context.operation], candidates, context, measure)
      states[context.operation] = state
      const { next } = state.rotation
      return () => candidates[next()]
    },
  }
}

const advance = (
  previous: State | undefined,
  candidates: readonly Endpoint[],
  { now, random }: SelectionContext,
  measure: NonNullable<WeightedByLatencyOptions['measure']>,
): State => {
  const known = previous !== undefined && isFor(previous, candidates) ? previous : undefined
  // A time before the last computation can only be a clock that was reset: compute.
  if (known !== undefined && now >= known.computedAt && now - known.computedAt < RECOMPUTE_MS) return known
  const shares = slowStartShares(candidates, now)
  const weights = latencyWeights(candidates, latencyReader(candidates, measure), shares)
  const ramping = shares !== undefined
  // The end of a ramp is always applied: its last step may be smaller than the change that counts.
  const unchanged =
    known !== undefined && known.ramping === ramping && !sharesDiffer(known.rotation.weights, weights, RELEVANT_CHANGE)
  if (unchanged) return { ...known, computedAt: now }
  const rotation = continueRotation(known?.rotation, candidates, weights, random)
  return { rotation, configured: candidates.map(({ weight }) => weight), computedAt: now, ramping }
}

const isFor = ({ rotation, configured }: State, candidates: readonly Endpoint[]): boolean =>
  hasMembers(rotation, candidates) && candidates.every(({ weight }, index) => weight === configured[index])

const latencyReader = (
  candidates: readonly Endpoint[],
  measure: string,
): ((endpoint: Endpoint) => number | undefined) => {
  const ofCommands =
    measure === 'commands' ||
    (measure === 'auto' && candidates.some((candidate) => candidate.commandLatencyMs !== undefined))
  return ofCommands ? (endpoint) => endpoint.commandLatencyMs : (endpoint) => endpoint.roundTripMs
}
