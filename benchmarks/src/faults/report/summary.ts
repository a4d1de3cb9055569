import type { Outcome } from '../../measure/outcome.ts'
import { figuresTable } from '../../report/table.ts'
import { auditMeasures, isAuditMeasure } from '../audit.ts'

/** Every row as a table; what every row is audited for is shown only where it was found. */
export function faultsTable(outcomes: readonly Outcome[]): string {
  // A line for each measure, the same ones for all clients: what one client missed is shown for the others too.
  const missed = new Set(
    outcomes.flatMap(({ name, measures }) => measures.filter(({ met }) => !met).map(({ label }) => `${name}:${label}`)),
  )
  const shortened = outcomes.map((outcome) => ({
    ...outcome,
    measures: outcome.measures.filter(({ label }) => !isAuditMeasure(label) || missed.has(`${outcome.name}:${label}`)),
  }))
  return figuresTable(shortened, [...new Set(outcomes.map(({ name }) => name))])
}

export interface Totals {
  readonly held: number
  readonly missed: number
  readonly runs: number
  readonly executedTwice: number
  readonly unsettled: number
  readonly leaked: number
}

/** What is counted over all rows. */
export function totalsOf(outcomes: readonly Outcome[]): Totals {
  const sumOf = (label: string): number =>
    outcomes
      .flatMap(({ measures }) => measures.filter((measure) => measure.label === label))
      .flatMap(({ values }) => values)
      .reduce((sum, value) => sum + value, 0)
  return {
    held: outcomes.filter(({ met }) => met).length,
    missed: outcomes.filter(({ met }) => !met).length,
    runs: outcomes.reduce((sum, { runs }) => sum + runs, 0),
    executedTwice: sumOf(auditMeasures.executedTwice.label),
    unsettled: sumOf(auditMeasures.unsettled.label),
    leaked: sumOf(auditMeasures.leaked.label),
  }
}

export const inWords = (totals: Totals, notRun: number): string =>
  `${totals.held} held, ${totals.missed} missed, ${notRun} rows not run; in ${totals.runs} runs ` +
  `${totals.executedTwice} writes executed twice, ${totals.unsettled} commands unsettled, ${totals.leaked} handles leaked.`
