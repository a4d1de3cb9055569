// Many simulations at once: `pnpm simulate [--seeds 10000] [--seed N] [--minutes 10] [--workers N] [--log]`.
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { printProgress, printSummary } from './simulate/report.ts'
import { calmLine, isCalm, runCalm } from './simulate/run-calm.ts'
import { runInWorkers } from './simulate/run-in-workers.ts'
import { runOne } from './simulate/run-one.ts'
import { Totals } from './simulate/totals.ts'

const USAGE = `pnpm simulate [--seeds 10000] [--first N] [--minutes 10] [--workers N]
pnpm simulate --seed N [--minutes 10] [--log]
pnpm simulate --calm [--hours 168] [--seed N]

Each seed is a group of its own with random options, servers, faults, commands and operators, on a virtual clock. Nothing of
it takes real time or a network. What is violated is printed with the seed, which does the same again.`

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    first: { type: 'string' },
    seed: { type: 'string' },
    minutes: { type: 'string', default: '10' },
    workers: { type: 'string', default: String(availableParallelism()) },
    log: { type: 'boolean', default: false },
    calm: { type: 'boolean', default: false },
    hours: { type: 'string', default: '168' },
    help: { type: 'boolean', default: false },
  },
})

const seeds = Number(values.seeds)
const minutes = Number(values.minutes)
const workers = Number(values.workers)
const hours = Number(values.hours)
// Fresh seeds each time, unless one is named.
const first = values.first === undefined ? Math.floor(Math.random() * 1e9) : Number(values.first)

if (values.help || ![seeds, workers].every(isCount) || !Number.isFinite(first) || !(minutes > 0) || !(hours > 0)) {
  console.log(USAGE)
  process.exit(values.help ? 0 : 2)
}

if (values.calm) {
  console.log(`${hours} virtual hours, about ${Math.ceil((hours * 3) / 60)} minutes`)
  const result = await runCalm(values.seed ?? 'calm', hours)
  console.log(calmLine(result))
  for (const { invariant, text } of result.violations) console.log(`  VIOLATED ${invariant}: ${text}`)
  process.exit(isCalm(result) ? 0 : 1)
} else if (values.seed !== undefined) {
  process.exit((await runOne(values.seed, minutes, values.log)) ? 0 : 1)
} else {
  console.log(`${seeds} seeds from ${first}, ${minutes} virtual minutes each, ${workers} workers`)
  const totals = new Totals()
  const stop = printProgress(totals, seeds)
  await runInWorkers({ first, seeds, minutes, workers, onReport: (report) => totals.add(report) })
  stop()
  printSummary(totals, minutes)
  process.exit(totals.failed.length === 0 ? 0 : 1)
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value > 0
}
