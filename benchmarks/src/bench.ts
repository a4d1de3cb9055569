// Side-by-side measurements, each printing ratios from one run: `pnpm bench` lists them.
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { BenchOptions } from './bench/benchmark.ts'
import { choiceProblems } from './bench/choices.ts'
import { benchmarks } from './bench/index.ts'
import { clientNames } from './client/benchmark-client.ts'
import { writeBenchmark } from './report/benchmark-page.ts'
import { benchmarkTables } from './report/benchmark-tables.ts'
import { environmentLine, environmentOf } from './report/environment.ts'

const usage = `pnpm bench NAME... | all [options]
  --client node-redis|ioredis   one client instead of both
  --short                       fewer rounds, to see that it works; such figures are not published
  --profile FOLDER              keeps CPU profiles of the measuring processes
  --rounds N                    of failover: how often everything is done
  --fault NAME                  of failover: this one only; may be repeated
  --contender NAME              of failover: this one only; may be repeated
  --json                        JSON on standard output instead of tables
  --write                       writes page, values and plots into docs/benchmarks as well`

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    client: { type: 'string' },
    short: { type: 'boolean', default: false },
    profile: { type: 'string' },
    rounds: { type: 'string' },
    fault: { type: 'string', multiple: true },
    contender: { type: 'string', multiple: true },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
})
const wanted = benchmarks.filter(({ name }) => positionals.includes('all') || positionals.includes(name))
const unknown = positionals.filter((name) => name !== 'all' && !benchmarks.some((one) => one.name === name))
const clients = clientNames.filter((name) => values.client === undefined || name === values.client)

const problems = [
  ...(unknown.length > 0 ? [`There is no benchmark "${unknown.join('", "')}".`] : []),
  ...(clients.length === 0 ? [`There is no client "${values.client}".`] : []),
  ...choiceProblems(wanted, values),
]

if (wanted.length === 0 || problems.length > 0) {
  for (const problem of problems) console.error(problem)
  console.log(`${usage}\n\nBenchmarks, with the minutes each takes:`)
  for (const { name, minutes, measures } of benchmarks)
    console.log(`  ${name.padEnd(10)} ${String(minutes).padStart(4)}  ${measures}`)
  process.exit(positionals.length === 0 && problems.length === 0 ? 0 : 2)
}

// Progress goes to standard error, so that what is printed at the end can be piped.
const say = (text: string): void => console.error(text)
const environment = await environmentOf()
say(environmentLine(environment))
const profileFolder = values.profile === undefined ? undefined : resolve(values.profile)
if (profileFolder !== undefined) mkdirSync(profileFolder, { recursive: true })
const reports: Record<string, unknown> = {}
let met = true
for (const benchmark of wanted) {
  const startedAt = performance.now()
  const options: BenchOptions = {
    clients,
    short: values.short,
    profileFolder,
    environment,
    rounds: values.rounds === undefined ? undefined : Number(values.rounds),
    faults: values.fault,
    contenders: values.contender,
    say: (text) => say(`  ${((performance.now() - startedAt) / 1000).toFixed(0).padStart(4)} s  ${text}`),
  }
  say(`${benchmark.name}: about ${benchmark.forecastMinutes?.(options) ?? benchmark.minutes} minutes`)
  const report = await benchmark.run(options)
  reports[benchmark.name] = { targets: report.targets, values: report.values }
  met &&= report.targets.every((target) => target.met)
  if (!values.json) console.log(benchmarkTables(report))
  if (values.write) await writeBenchmark(benchmark, report, environment)
}
if (values.json) console.log(JSON.stringify({ environment, short: values.short, benchmarks: reports }, null, 2))
// A short run is too noisy to judge by.
process.exitCode = met || values.short ? 0 : 1
