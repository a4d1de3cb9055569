import type { BenchmarkClient } from '../client/benchmark-client.ts'
import type { StallWatch } from '../measure/stall-watch.ts'
import type { Measure } from '../measure/verdict.ts'

/** `full` is what the project promises; `short` is a sample of it that the tests can afford. */
export type Mode = 'full' | 'short'

/** What one run measured. `undefined` of a measure: it does not apply to this run. */
export interface Sample<Key extends string = string> {
  readonly values: Readonly<Record<Key, number>>
  /** The stretch in which a stall of our own spoils the run, on the clock of `performance.now()`. */
  readonly window: { readonly from: number; readonly to: number }
  /** Another reason why this run says nothing. */
  readonly disturbed?: boolean
  /** What else is to be told about the run, where something was not as expected. */
  readonly notes?: readonly string[]
}

export interface RunContext {
  /** From 0 (included) to 1 (excluded), evenly spread over the runs: for the phase of what is periodic. */
  readonly share: number
  readonly stalls: StallWatch
}

/** Servers and clients that several runs share, one run after another. */
export interface Bench<Key extends string = string> {
  run(context: RunContext): Promise<Sample<Key>>
  close(): Promise<void>
}

/** One thing that the project promises, and how it is measured. */
export interface Figure<Key extends string = string> {
  readonly name: string
  /** What is done to the servers or to us. */
  readonly injected: string
  readonly expected: string
  /** In the order in which they are shown. */
  readonly measures: Readonly<Record<Key, Measure>>
  readonly runs: Readonly<Record<Mode, number>>
  /** For the forecast of how long it will take. */
  readonly secondsPerRun: number
  /** Where nothing else may be measured meanwhile. */
  readonly alone: readonly Mode[]
  /** How many runs may be repeated because our own process stood still. Default: one in ten, and one in any case. */
  readonly repeats?: number
  /** From how many runs on the median of times is judged too. Default 5. */
  readonly medianFrom?: number
  /** `true`: our own stall is what is injected, so it spoils nothing. */
  readonly stallsOnPurpose?: boolean
  open(client: BenchmarkClient, context: Pick<RunContext, 'stalls'>): Promise<Bench<Key>>
}

/** Gives a figure the type of its own measures, and forgets it for the list of all. */
export const defineFigure = <const Key extends string>(figure: Figure<Key>): Figure => figure as Figure
