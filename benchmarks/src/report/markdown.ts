import type { Outcome } from '../measure/outcome.ts'
import { type Environment, environmentLine } from './environment.ts'
import { formatBound, formatMeasured } from './format.ts'

/** The page of the documentation. */
export function figuresPage(outcomes: readonly Outcome[], order: readonly string[], environment: Environment): string {
  const sections = order.flatMap((figure) => sectionOf(outcomes.filter(({ name }) => name === figure)))
  return [
    '# Figures',
    '',
    'Measured by `npx --yes pnpm@10 figures --write` on real Redis processes on loopback. A figure is met if the median is',
    'within the bound and the worst run within the bound plus the larger of 150 ms and 25 %; a count must hold in every run.',
    '',
    `${environmentLine(environment)}.`,
    ...sections,
    '',
  ].join('\n')
}

function sectionOf(outcomes: readonly Outcome[]): string[] {
  const [first] = outcomes
  if (first === undefined) return []
  const rows = outcomes.flatMap(({ client, measures }) =>
    measures.map((measure) => {
      const verdict = measure.rule === 'information' ? '' : measure.met ? 'met' : '**missed**'
      return `| ${client} | ${measure.label} | ${formatBound(measure)} | ${formatMeasured(measure)} | ${verdict} |`
    }),
  )
  const runs = outcomes.map(
    (one) => `${one.client} ${one.runs}${one.repeated > 0 ? ` (${one.repeated} repeated)` : ''}`,
  )
  return [
    '',
    `## ${first.name}`,
    '',
    `Injected: ${first.injected}. Expected: ${first.expected}. Runs: ${runs.join(', ')}.`,
    '',
    '| client | measured | bound | median / worst | |',
    '|---|---|---|---|---|',
    ...rows,
  ]
}
