// Measures what the project promises, and says where it misses: `pnpm figures`.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { clientNames } from './client/benchmark-client.ts'
import { figuresOf } from './figures/index.ts'
import { LaneProcesses } from './measure/lane-processes.ts'
import { forecastSeconds, planOf } from './measure/plan.ts'
import { runFigures } from './measure/run-figures.ts'
import { environmentLine, environmentOf } from './report/environment.ts'
import { figuresPage } from './report/markdown.ts'
import { figuresTable, misses } from './report/table.ts'

const usage = `pnpm figures [options]
  --client node-redis|ioredis   one client instead of both
  --only NAME                   figures whose name begins so, for instance "hang"; may be repeated
  --short                       fewer runs, less than a minute
  --json                        JSON on standard output instead of a table
  --write                       writes docs/figures.md as well`

const { values: options } = parseArgs({
  options: {
    client: { type: 'string' },
    only: { type: 'string', multiple: true },
    short: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const mode = options.short ? 'short' : 'full'
const all = figuresOf(mode)
const figures = all.filter(({ name }) => options.only?.some((start) => name.startsWith(start)) ?? true)
const names = clientNames.filter((name) => options.client === undefined || name === options.client)

if (options.help || figures.length === 0 || names.length === 0) {
  console.log(usage)
  console.log(`Figures: ${all.map(({ name }) => `"${name}"`).join(', ')}.`)
  process.exit(options.help ? 0 : 2)
}

const plan = planOf(figures, names, mode)
// Progress goes to standard error, so that what is printed at the end can be piped.
const say = (text: string): void => console.error(text)
const environment = await environmentOf()
say(environmentLine(environment))
const minutes = (seconds: number): string => `${(Math.ceil(seconds / 6) / 10).toFixed(1)} minutes`
say(`${figures.length} figures, ${names.join(' and ')}: about ${minutes(forecastSeconds(plan))}.`)

using processes = new LaneProcesses()
const startedAt = performance.now()
const outcomes = await runFigures(plan, {
  runLane: (lane) => processes.run(lane),
  onOutcome: ({ name, client, met }) => {
    say(
      `  ${((performance.now() - startedAt) / 1000).toFixed(0).padStart(4)} s  ${name}, ${client}: ${met ? 'met' : 'MISSED'}`,
    )
  },
})
const order = all.map(({ name }) => name)

if (options.json)
  console.log(JSON.stringify({ mode, environment, met: outcomes.every(({ met }) => met), outcomes }, null, 2))
else console.log(figuresTable(outcomes, order))
for (const miss of misses(outcomes)) say(miss)
if (options.write) {
  const page = fileURLToPath(new URL('../../docs/figures.md', import.meta.url))
  writeFileSync(page, figuresPage(outcomes, order, environment))
}
say(`Took ${minutes((performance.now() - startedAt) / 1000)}.`)
process.exitCode = outcomes.every(({ met }) => met) ? 0 : 1
