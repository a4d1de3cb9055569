import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Benchmark, Report, ReportTable, Target } from '../bench/benchmark.ts'
import { type Environment, environmentLine } from './environment.ts'

const folder = fileURLToPath(new URL('../../../docs/benchmarks/', import.meta.url))

const escapeCell = (cell: string | number): string => String(cell).replaceAll('|', '\\|')
const row = (cells: readonly (string | number)[]): string => `| ${cells.map(escapeCell).join(' | ')} |`
const tableOf = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] => [
  row(head),
  row(head.map(() => '---')),
  ...rows.map(row),
]

const section = ({ title, head, rows }: ReportTable): string[] => ['', `## ${title}`, '', ...tableOf(head, rows)]

const targetSection = (targets: readonly Target[]): string[] =>
  targets.length === 0
    ? []
    : [
        '',
        '## What is to be reached',
        '',
        ...tableOf(
          ['figure', 'bound', 'measured', ''],
          targets.map(({ what, bound, measured, met }) => [what, bound, measured, met ? 'met' : '**missed**']),
        ),
      ]

/** The page of one benchmark. */
export function benchmarkPage(benchmark: Benchmark, report: Report, environment: Environment): string {
  return [
    `# ${benchmark.name}`,
    '',
    `Measures ${benchmark.measures}. Made by \`npx --yes pnpm@10 bench ${benchmark.name} --write\`; all values: [${benchmark.name}.json](${benchmark.name}.json).`,
    '',
    `${environmentLine(environment)}.`,
    ...report.notes.flatMap((note) => ['', note]),
    ...report.plots.flatMap(({ name, caption }) => ['', `![${caption}](${name}.svg)`]),
    ...report.tables.flatMap(section),
    ...targetSection(report.targets),
    '',
  ].join('\n')
}

/** Writes the page, the values and the plots of one benchmark into the documentation. */
export async function writeBenchmark(benchmark: Benchmark, report: Report, environment: Environment): Promise<void> {
  const { svgOf } = await import('./svg.ts')
  const { values, targets } = report
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}${benchmark.name}.md`, benchmarkPage(benchmark, report, environment))
  writeFileSync(`${folder}${benchmark.name}.json`, `${JSON.stringify({ environment, targets, values }, null, 1)}\n`)
  for (const plot of report.plots) writeFileSync(`${folder}${plot.name}.svg`, svgOf(plot))
}
