// Side-by-side measurements, each printing ratios from one run: `pnpm bench` lists them.
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { benchmarks } from './bench/index.ts'
import { clientNames } from './client/benchmark-client.ts'
import { writeBenchmark } from './report/benchmark-page.ts'
import { benchmarkTables } from './report/benchmark-tables.ts'
import { environmentLine, environmentOf } from './report/environment.ts'

const usage = `pnpm bench NAME... | all [options]
  --client node-redis|ioredis   one client instead of both
  --short                       fewer rounds, to see that it works; such figures are not published
  --profile FOLDER              keeps CPU profiles of the measuring processes
  --json                        JSON on standard output instead of tables
  --write                       writes page, values and plots into docs/benchmarks as well`

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    client: { type: 'string' },
    short: { type: 'boolean', default: false },
    profile: { type: 'string' },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
})
const wanted = benchmarks.filter(({ name }) => positionals.includes('all') || positionals.includes(name))
const unknown = positionals.filter((name) => name !== 'all' && !benchmarks.some((one) => one.name === name))
const clients = clientNames.filter((name) => values.client === undefined || name === values.client)

if (wanted.length === 0 || unknown.length > 0 || clients.length === 0 || (values.short && values.write)) {
  if (unknown.length > 0) console.error(`There is no benchmark "${unknown.join('", "')}".`)
  if (values.short && values.write) console.error('--write wants a whole run, not --short.')
  console.log(`${usage}\n\nBenchmarks, with the minutes each takes:`)
  for (const { name, minutes, measures } of benchmarks)
    console.log(`  ${name.padEnd(10)} ${String(minutes).padStart(4)}  ${measures}`)
  process.exit(positionals.length === 0 ? 0 : 2)
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
  say(`${benchmark.name}: about ${benchmark.minutes} minutes`)
  const report = await benchmark.run({
    clients,
    short: values.short,
    profileFolder,
    environment,
    say: (text) => say(`  ${((performance.now() - startedAt) / 1000).toFixed(0).padStart(4)} s  ${text}`),
  })
  reports[benchmark.name] = { targets: report.targets, values: report.values }
  met &&= report.targets.every((target) => target.met)
  if (!values.json) console.log(benchmarkTables(report))
  if (values.write) await writeBenchmark(benchmark, report, environment)
}
if (values.json) console.log(JSON.stringify({ environment, short: values.short, benchmarks: reports }, null, 2))
// A short run is too noisy to judge by.
process.exitCode = met || values.short ? 0 : 1
