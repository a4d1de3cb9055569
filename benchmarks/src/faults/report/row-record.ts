import { loadavg } from 'node:os'
import type { ClientName } from '../../client/benchmark-client.ts'
import type { Outcome } from '../../measure/outcome.ts'
import type { Rule } from '../../measure/verdict.ts'
import { type Environment, environmentLine } from '../../report/environment.ts'
import type { FaultRow } from '../fault-row.ts'
import { nameOf } from '../row-as-figure.ts'

export interface MeasureRecord {
  readonly label: string
  readonly rule: Rule
  readonly bound: number
  /** `null`: never. */
  readonly median: number | null
  readonly worst: number | null
  readonly met: boolean
}

/** What was measured of one row with one client, as it is kept beside the page. */
export interface RowRecord {
  readonly row: number
  readonly client: ClientName
  readonly title: string
  readonly inject: string
  readonly expected: string
  readonly runs: number
  readonly repeated: number
  readonly held: boolean
  /** What was not as expected. */
  readonly notes: readonly string[]
  readonly measures: readonly MeasureRecord[]
  /** Processes that wanted a core of the machine in the last minute of the measurement: more than its cores delay every time. */
  readonly load?: number
  /** Date, versions and machine. */
  readonly measuredOn: string
}

export function recordsOf(
  rows: readonly FaultRow[],
  outcomes: readonly Outcome[],
  environment: Environment,
): RowRecord[] {
  return outcomes.map((outcome) => {
    const { row, title, inject, expected } = rows.find((one) => nameOf(one) === outcome.name)!
    return {
      row,
      client: outcome.client,
      title,
      inject,
      expected,
      runs: outcome.runs,
      repeated: outcome.repeated,
      held: outcome.met,
      notes: [...new Set([...outcome.notes, ...outcome.errors.map((error) => error.split('\n')[0] ?? '')])],
      measures: outcome.measures.map(({ label, rule, bound, median, worst, met }) => ({
        label,
        rule,
        bound,
        median: finite(median),
        worst: finite(worst),
        met,
      })),
      load: Math.round(loadavg()[0] ?? 0),
      measuredOn: environmentLine(environment),
    }
  })
}

const finite = (value: number): number | null => (Number.isFinite(value) ? Math.round(value * 10) / 10 : null)
