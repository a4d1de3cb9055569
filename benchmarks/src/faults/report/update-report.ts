import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { reliabilityPage } from './reliability-page.ts'
import type { RowRecord } from './row-record.ts'

/** Puts what was measured into the page, and into the JSON beside it; rows that were not measured stay as they were. */
export function updateReport(page: string, measured: readonly RowRecord[]): void {
  const data = page.replace(/\.md$/, '.json')
  const before = existsSync(data) ? (JSON.parse(readFileSync(data, 'utf8')) as RowRecord[]) : []
  const records = merge(before, measured)
  // One record a line, so that a change of one row is a change of two lines.
  writeFileSync(data, `[\n${records.map((record) => JSON.stringify(record)).join(',\n')}\n]\n`)
  writeFileSync(page, reliabilityPage(records))
}

/** The newer record of each row and client, by row. */
export function merge(before: readonly RowRecord[], measured: readonly RowRecord[]): RowRecord[] {
  const keyOf = ({ row, client }: RowRecord): string => `${row} ${client}`
  const newer = new Set(measured.map(keyOf))
  return [...before.filter((record) => !newer.has(keyOf(record))), ...measured].sort(
    (a, b) => a.row - b.row || b.client.localeCompare(a.client),
  )
}
