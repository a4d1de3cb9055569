import { styleText } from 'node:util'
import Table from 'cli-table3'
import type { Outcome } from '../measure/outcome.ts'
import { formatBound, formatMeasured } from './format.ts'

/** Wide enough for what is injected to take about as many lines as there are measures. */
const figureWidth = 40

const isColoured = process.stdout.hasColors?.() ?? false
const colour = (format: Parameters<typeof styleText>[0], text: string): string =>
  isColoured ? styleText(format, text) : text

/** Colours only where they are seen as such. */
export const tableStyle = isColoured ? { head: ['bold'], border: ['gray'] } : { head: [], border: [] }

const paint = (met: boolean, text: string): string => (met ? text : colour(['bold', 'red'], text))
export const verdictOf = (met: boolean): string => (met ? colour('green', 'met') : paint(false, 'MISSED'))

/** One row per figure, one line per measure; the clients side by side. */
export function figuresTable(outcomes: readonly Outcome[], order: readonly string[]): string {
  const clients = [...new Set(outcomes.map(({ client }) => client))].sort((a, b) => b.localeCompare(a))
  const table = new Table({
    head: ['figure: what was injected', 'median / worst of all runs', 'bound', ...clients, 'verdict'],
    style: tableStyle,
    colWidths: [figureWidth],
    wordWrap: true,
  })
  for (const figure of order) {
    const ofFigure = clients.flatMap((name) => outcomes.filter((one) => one.name === figure && one.client === name))
    const [first] = ofFigure
    if (first === undefined) continue
    table.push([
      `${colour('bold', figure)}: ${first.injected}`,
      [...first.measures.map(({ label }) => label), 'runs'].join('\n'),
      first.measures.map(formatBound).join('\n'),
      ...ofFigure.map((outcome) => [...outcome.measures.map(measured), runs(outcome)].join('\n')),
      verdictOf(ofFigure.every(({ met }) => met)),
    ])
  }
  return table.toString()
}

const measured = (measure: Outcome['measures'][number]): string => paint(measure.met, formatMeasured(measure))

const runs = ({ runs, repeated, repeatedTooOften }: Outcome): string =>
  paint(!repeatedTooOften, `${runs}${repeated > 0 ? `, ${repeated} repeated` : ''}`)

/** What a reader must know about figures that were not met. */
export function misses(outcomes: readonly Outcome[]): string[] {
  return outcomes
    .filter(({ met }) => !met)
    .flatMap(({ name, client, measures, errors, repeated, repeatedTooOften }) => [
      ...measures
        .filter(({ met, values }) => !met && values.length > 0)
        .map((one) => `${name}, ${client}: ${one.label} ${formatMeasured(one)}, bound ${formatBound(one)}`),
      ...(repeatedTooOften
        ? [
            `${name}, ${client}: ${repeated} runs overlapped a stall of our own and were repeated; this machine is too busy`,
          ]
        : []),
      ...errors.map((error) => `${name}, ${client}: ${error}`),
    ])
}
