import type { BenchmarkClient, ClientName } from '../client/benchmark-client.ts'
import type { Figure, Mode, RunContext, Sample } from '../figures/figure.ts'
import { StallWatch } from './stall-watch.ts'
import { repeatsAllowed } from './verdict.ts'

/** Runs of one figure with one client that go one after another on servers of their own. Can be sent to a process. */
export interface Lane {
  readonly figure: string
  readonly client: ClientName
  readonly mode: Mode
  /** The first of its runs, counted from 0 over all runs of the figure. */
  readonly firstRun: number
  readonly runs: number
  /** How many runs the figure has in all its lanes. */
  readonly ofRuns: number
}

export interface LaneResult {
  readonly samples: readonly Sample[]
  /** Runs that a stall of our own, or other noise, spoiled. */
  readonly repeated: number
  /** What broke a run off, and the rest of them with it. */
  readonly errors: readonly string[]
}

export async function runLane(lane: Lane, figure: Figure, client: BenchmarkClient): Promise<LaneResult> {
  const allowed = figure.repeats ?? repeatsAllowed(lane.ofRuns)
  const samples: Sample[] = []
  const errors: string[] = []
  let repeated = 0
  using stalls = new StallWatch()
  try {
    const bench = await figure.open(client, { stalls })
    try {
      while (samples.length < lane.runs) {
        const context: RunContext = { stalls, share: (lane.firstRun + samples.length) / lane.ofRuns }
        const sample = await bench.run(context)
        const { from, to } = sample.window
        const stalled = figure.stallsOnPurpose !== true && stalls.stalledBetween(from, to)
        // Once too many were repeated the figure is lost; the rest is taken as it comes.
        if ((stalled || sample.disturbed === true) && repeated <= allowed) repeated++
        else samples.push(sample)
      }
    } finally {
      await bench.close()
    }
  } catch (error) {
    errors.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
  return { samples, repeated, errors }
}
