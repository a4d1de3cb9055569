import Table from 'cli-table3'
import type { Report } from '../bench/benchmark.ts'
import { tableStyle, verdictOf } from './table.ts'

/** What one benchmark came to, for the terminal. */
export function benchmarkTables({ tables, targets }: Report): string {
  const all = tables.map(({ title, head, rows }) => `\n${title}\n${draw(head, rows)}`)
  if (targets.length > 0) {
    const rows = targets.map(({ what, bound, measured, met }) => [what, bound, measured, verdictOf(met)])
    all.push(`\nWhat is to be reached\n${draw(['figure', 'bound', 'measured', ''], rows)}`)
  }
  return all.join('\n')
}

function draw(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const table = new Table({ head: [...head], style: tableStyle })
  for (const row of rows) table.push([...row])
  return table.toString()
}
