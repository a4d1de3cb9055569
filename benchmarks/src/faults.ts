// Does the faults of the matrix to real servers, and says what came of it: `pnpm faults`. See faults/README.md.
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { clientNames } from './client/benchmark-client.ts'
import { allRows } from './faults/all-rows.ts'
import { recordsOf } from './faults/report/row-record.ts'
import { faultsTable, inWords, totalsOf } from './faults/report/summary.ts'
import { updateReport } from './faults/report/update-report.ts'
import { missingOf } from './faults/requirements.ts'
import { nameOf, rowAsFigure } from './faults/row-as-figure.ts'
import { isSelection, selectsRow } from './faults/select-rows.ts'
import { LaneProcesses } from './measure/lane-processes.ts'
import { forecastSeconds, planOf } from './measure/plan.ts'
import { runFigures } from './measure/run-figures.ts'
import { environmentLine, environmentOf } from './report/environment.ts'
import { misses } from './report/table.ts'

const usage = `pnpm faults [options]
  --row N[,M][,N-M]             these rows instead of all of them; may be repeated
  --client node-redis|ioredis   one client instead of both
  --runs N                      instead of 20 runs where one takes under 5 s, 3 under a minute, else 1
  --quick                       one run of each row
  --report docs/reliability.md  writes what was measured into that page, and into the .json beside it
  --list                        the rows, and what each would take`

const { values: options } = parseArgs({
  options: {
    row: { type: 'string', multiple: true, default: [] },
    client: { type: 'string' },
    runs: { type: 'string' },
    quick: { type: 'boolean', default: false },
    report: { type: 'string' },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const all = await allRows()
const chosen = all.filter(
  ({ row, onRequest = false }) =>
    options.row.every(isSelection) && selectsRow(options.row, row) && (!onRequest || options.row.length > 0),
)
const names = clientNames.filter((name) => options.client === undefined || name === options.client)
const runs = options.runs === undefined ? undefined : Number(options.runs)

if (
  options.help ||
  chosen.length === 0 ||
  names.length === 0 ||
  (runs !== undefined && !(Number.isInteger(runs) && runs > 0))
) {
  console.log(usage)
  console.log(`Rows: ${all.map(({ row }) => row).join(', ')}.`)
  process.exit(options.help ? 0 : 2)
}

// Progress goes to standard error, so that what is printed at the end can be piped.
const say = (text: string): void => console.error(text)
const mode = options.quick ? 'short' : 'full'
const runnable = chosen.filter(({ needs }) => missingOf(needs).length === 0)
const onRequest = all.filter((row) => row.onRequest === true && !chosen.includes(row))
const notRun = chosen.filter((row) => !runnable.includes(row))
const figures = runnable.map((row) => rowAsFigure(row, runs))
const plan = planOf(figures, names, mode)
const minutes = (seconds: number): string => `${(Math.ceil(seconds / 6) / 10).toFixed(1)} minutes`

say(`${runnable.length} rows, ${names.join(' and ')}: about ${minutes(forecastSeconds(plan))}.`)
for (const row of notRun) say(`Row ${nameOf(row)} cannot run here: it needs ${missingOf(row.needs).join(' and ')}.`)
if (options.row.length === 0)
  for (const row of onRequest)
    say(`Row ${nameOf(row)} is run by --row ${row.row} only: ${minutes(row.seconds)} for each client.`)
if (options.list) {
  for (const row of runnable) {
    const figure = rowAsFigure(row, runs)
    say(`  ${nameOf(row)}: ${figure.runs[mode]} runs of ${row.seconds} s`)
  }
  process.exit(0)
}

// The package's own folder is not where the command was typed.
const page = options.report && resolve(process.env.INIT_CWD ?? process.cwd(), options.report)
const environment = await environmentOf()
say(environmentLine(environment))

using processes = new LaneProcesses(new URL('./faults/lane-process.ts', import.meta.url))
const startedAt = performance.now()
const outcomes = await runFigures(plan, {
  runLane: (lane) => processes.run(lane),
  onOutcome: (outcome) => {
    const { name, client, met } = outcome
    // At once, so that nothing is lost if the rest is broken off.
    if (page !== undefined) updateReport(page, recordsOf(runnable, [outcome], environment))
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0).padStart(4)
    say(`  ${seconds} s  ${name}, ${client}: ${met ? 'held' : 'MISSED'}`)
  },
})

console.log(faultsTable(outcomes))
for (const miss of misses(outcomes)) say(miss)
for (const { name, client, notes } of outcomes) for (const note of new Set(notes)) say(`${name}, ${client}: ${note}`)
const totals = totalsOf(outcomes)
console.log(inWords(totals, notRun.length))
say(`Took ${minutes((performance.now() - startedAt) / 1000)}.`)
// 3: nothing was missed, but a row that could not run has not passed either.
process.exitCode = totals.missed > 0 ? 1 : notRun.length > 0 ? 3 : 0
