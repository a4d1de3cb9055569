import { type ClientName, clientNames } from '../../client/benchmark-client.ts'
import { formatBound, formatMeasured } from '../../report/format.ts'
import { isAuditMeasure } from '../audit.ts'
import type { MeasureRecord, RowRecord } from './row-record.ts'

/** The page of the documentation that says what each fault came to. */
export function reliabilityPage(records: readonly RowRecord[]): string {
  const rows = [...new Set(records.map(({ row }) => row))]
  const held = rows.filter((row) => records.every((record) => record.row !== row || record.held))
  const missed = rows.filter((row) => !held.includes(row))
  const runs = records.reduce((sum, record) => sum + record.runs, 0)
  return [
    '# Reliability: every fault, and what it came to',
    '',
    'Made by `npx --yes pnpm@10 faults --report docs/reliability.md`: every fault is done to real Redis processes on loopback,',
    'under the real client through the transparent one, with the default settings unless the row says otherwise.',
    '`--row N` measures one row again and leaves the others as they are. What was measured is in',
    '[reliability.json](reliability.json) as well.',
    '',
    'A time holds if the median of all runs is within the bound, and the worst within the bound plus the larger of 150 ms and',
    '25 % (of one or two runs, which have no median worth the name, the worst alone decides). A count holds in every run. A',
    'run says nothing about the product if the measuring process itself stood still for 100 ms while a time was taken: it',
    'is repeated, and that is told. *Load* is how many processes wanted a core when the row was measured: where that is many',
    'times the number of cores, times are late for want of a core.',
    '',
    'After every run the servers are asked what they executed. Over all of them:',
    '',
    `- ${held.length} rows hold, ${missed.length} do not${missed.length > 0 ? ` (${missed.join(', ')})` : ''}; ${runs} runs`,
    ...auditLines(records),
    '',
    ...machineLines(records),
    '',
    `| # | fault | expected | measured: median / worst | bound | ${clientNames.join(' | ')} | runs each | load | |`,
    `|---|---|---|---|---|${clientNames.map(() => '---|').join('')}---|---|---|`,
    ...rows.flatMap((row) => linesOf(row, records)),
    ...noteLines(records),
    '',
  ].join('\n')
}

/** One line for each measure of the row, the clients side by side. */
function linesOf(row: number, records: readonly RowRecord[]): string[] {
  const ofRow = records.filter((record) => record.row === row)
  const [{ title, inject, expected, measures }] = ofRow as [RowRecord]
  // What every row is audited for is shown only where it was found.
  const shown = measures.filter(({ label }) => !isAuditMeasure(label) || !ofRow.every((record) => isMet(record, label)))
  const lines = shown.map((measure, index) => [
    row,
    index === 0 ? `**${title}**: ${inject}` : '',
    index === 0 ? expected : '',
    measure.label,
    formatBound(measure),
    ...clientNames.map((client) => measuredBy(ofRow, client, measure.label)),
    index === 0 ? [...new Set(ofRow.map(runsOf))].join(', ') : '',
    index === 0 ? [...new Set(ofRow.map(({ load }) => load ?? ''))].join(', ') : '',
    measure.rule === 'information'
      ? ''
      : ofRow.every((record) => isMet(record, measure.label))
        ? 'holds'
        : '**missed**',
  ])
  return lines.map((cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`)
}

const measureOf = (record: RowRecord | undefined, label: string): MeasureRecord | undefined =>
  record?.measures.find((measure) => measure.label === label)

const isMet = (record: RowRecord, label: string): boolean => measureOf(record, label)?.met === true

const runsOf = ({ runs, repeated }: RowRecord): string => `${runs}${repeated > 0 ? ` (${repeated} repeated)` : ''}`

function measuredBy(records: readonly RowRecord[], client: ClientName, label: string): string {
  const found = records.find((record) => record.client === client)
  const measure = measureOf(found, label)
  if (measure === undefined) return 'not measured'
  return formatMeasured({
    ...measure,
    values: [],
    median: reached(measure.median),
    worst: reached(measure.worst),
  })
}

const reached = (value: number | null): number => value ?? Number.POSITIVE_INFINITY

function auditLines(records: readonly RowRecord[]): string[] {
  const worst = new Map<string, number>()
  for (const { label, worst: value } of records.flatMap(({ measures }) => measures.filter(isOfAudit)))
    worst.set(label, Math.max(worst.get(label) ?? 0, reached(value)))
  return [...worst].map(([label, value]) => `- ${label}: ${value === 0 ? '0' : `up to ${value} in a run`}`)
}

const isOfAudit = ({ label }: MeasureRecord): boolean => isAuditMeasure(label)

/** Rows that were measured together share a line. */
function machineLines(records: readonly RowRecord[]): string[] {
  const rowsOf = new Map<string, Set<number>>()
  for (const { measuredOn, row } of records) rowsOf.set(measuredOn, (rowsOf.get(measuredOn) ?? new Set()).add(row))
  if (rowsOf.size === 1) return [`Measured on ${[...rowsOf.keys()][0]}.`]
  return [...rowsOf].map(([measuredOn, rows]) => `- Rows ${[...rows].join(', ')}: ${measuredOn}.`)
}

function noteLines(records: readonly RowRecord[]): string[] {
  const lines = records.flatMap(({ row, client, notes }) => notes.map((note) => `- Row ${row}, ${client}: ${note}`))
  return lines.length === 0 ? [] : ['', '## What was not as expected', '', ...lines]
}
