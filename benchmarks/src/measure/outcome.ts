import type { ClientName } from '../client/benchmark-client.ts'
import type { Figure, Mode } from '../figures/figure.ts'
import type { LaneResult } from './lane.ts'
import { type Judgement, judge, type Measure, repeatsAllowed } from './verdict.ts'

export interface MeasureOutcome extends Measure, Judgement {
  readonly values: readonly number[]
}

export interface Outcome {
  readonly name: string
  readonly client: ClientName
  readonly injected: string
  readonly expected: string
  readonly runs: number
  readonly repeated: number
  readonly repeatedTooOften: boolean
  readonly measures: readonly MeasureOutcome[]
  readonly errors: readonly string[]
  /** What was not as expected, run by run. */
  readonly notes: readonly string[]
  readonly met: boolean
}

/** Judges what the lanes of one figure with one client came to. */
export function outcomeOf(figure: Figure, client: ClientName, mode: Mode, lanes: readonly LaneResult[]): Outcome {
  const samples = lanes.flatMap((lane) => lane.samples)
  const errors = lanes.flatMap((lane) => lane.errors)
  const repeated = lanes.reduce((total, lane) => total + lane.repeated, 0)
  const measures = Object.entries(figure.measures).map(([key, measure]) => {
    const values = samples.map((sample) => sample.values[key] ?? Number.NaN)
    return { ...measure, values, ...judge(measure, values, figure.medianFrom) }
  })
  const wanted = figure.runs[mode]
  const repeatedTooOften = repeated > (figure.repeats ?? repeatsAllowed(wanted))
  return {
    name: figure.name,
    client,
    injected: figure.injected,
    expected: figure.expected,
    runs: samples.length,
    repeated,
    repeatedTooOften,
    measures,
    errors,
    notes: samples.flatMap(({ notes = [] }) => notes),
    met: errors.length === 0 && samples.length === wanted && !repeatedTooOften && measures.every(({ met }) => met),
  }
}
