import type { Figure, Sample } from '../figures/figure.ts'
import { auditLoads, auditMeasures } from './audit.ts'
import type { FaultRow } from './fault-row.ts'
import { FaultRun, type FaultRunOptions } from './fault-run.ts'
import { handles, handlesLeft } from './handles.ts'

/** For commands that a hung server received and executes when it goes on. */
const afterthoughtMs = 100

/**
 * A run during which our own process stood still says nothing about the product, and some rows take long enough to meet
 * such a moment on any shared machine. So twice as many may be repeated; the report says how many were.
 */
const leastRepeats = 10

/** Names a row among others: `4 Hung server, idle`. */
export const nameOf = ({ row, title }: Pick<FaultRow, 'row' | 'title'>): string => `${row} ${title}`

/** How many runs a row has: 20 where one takes less than 5 s, 3 under a minute, else 1. */
export const runsOf = ({ runs, seconds }: Pick<FaultRow, 'runs' | 'seconds'>): number =>
  runs ?? (seconds < 5 ? 20 : seconds < 60 ? 3 : 1)

/** A row as what the figures' machinery measures. `runs` overrides how often. */
export function rowAsFigure(row: FaultRow, runs?: number): Figure {
  const full = runs ?? runsOf(row)
  return {
    name: nameOf(row),
    injected: row.inject,
    expected: row.expected,
    measures: { ...row.measures, ...auditMeasures },
    runs: { full, short: runs ?? 1 },
    secondsPerRun: row.seconds + 0.5,
    alone: row.alone === true ? ['full', 'short'] : [],
    stallsOnPurpose: row.stallsOnPurpose ?? false,
    medianFrom: 3,
    repeats: Math.max(leastRepeats, 2 * full),
    open: (client, { stalls }) =>
      Promise.resolve({
        run: ({ share }) => runOnce(row, { client, share, stalls }),
        close: () => Promise.resolve(),
      }),
  }
}

async function runOnce(row: FaultRow, options: FaultRunOptions): Promise<Sample> {
  const before = handles()
  const run = new FaultRun(options)
  try {
    const sample = await row.run(run)
    const reports = await run.settle()
    await new Promise((resolve) => setTimeout(resolve, afterthoughtMs))
    const audit = await auditLoads(run.askedServers, reports, row.audit)
    await run.stop()
    const left = await handlesLeft(before)
    const leaks = left.length === 0 ? [] : [`Left behind: ${left.join(', ')}.`]
    return {
      ...sample,
      values: { ...sample.values, ...audit, unexpected: run.notes.length, leaked: left.length },
      notes: [...(sample.notes ?? []), ...run.notes, ...leaks],
    }
  } finally {
    await run.stop()
  }
}
