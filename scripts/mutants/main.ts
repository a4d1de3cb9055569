// Breaks the code in ways that matter, one at a time, and shows that the tests notice each: `pnpm mutants`.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { mutants } from './list/index.ts'
import { countFates, resultLine, writeReport } from './report.ts'
import { type MutantResult, runAsItIs, runMutant } from './run-mutant.ts'

const HELP = `pnpm mutants [--only NAME]... [--related] [--report FILE] [--list]

  --only NAME     this mutant; more than once for more
  --related       asks only the tests that a mutant names: a quick look
  --report FILE   writes what came out, in Markdown
  --list          says what the mutants are, and runs nothing

Ends with 0 if each mutant was killed by a test.`

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    related: { type: 'boolean', default: false },
    report: { type: 'string' },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) {
  console.log(HELP)
  process.exit(0)
}
const unknown = values.only.filter((name) => !mutants.some((mutant) => mutant.name === name))
if (unknown.length > 0) {
  console.error(`There is no mutant ${unknown.join(', ')}. pnpm mutants --list names them.`)
  process.exit(2)
}
if (values.report !== undefined && (values.only.length > 0 || values.related)) {
  console.error('A report is of all mutants: --report takes neither --only nor --related.')
  process.exit(2)
}
const chosen = mutants.filter(({ name }) => values.only.length === 0 || values.only.includes(name))
const width = Math.max(...chosen.map(({ name }) => name.length))

if (values.list) {
  for (const { name, breaks } of chosen) console.log(`${name.padEnd(width)}  ${breaks}`)
  process.exit(0)
}

/** Where tests fail on the code as it is, they kill everything: nothing is shown then. */
const demandSound = async (tests: typeof chosen | 'all'): Promise<void> => {
  const { fate, by } = await runAsItIs(tests)
  if (fate === 'survived') return
  console.error(`The tests fail without any mutant: ${by}`)
  process.exit(1)
}

await demandSound(chosen)
console.log(`${chosen.length} mutants; the tests that they name pass on the code as it is.\n`)
const results: MutantResult[] = []
for (const mutant of chosen) {
  const result = await runMutant(mutant, values)
  console.log(resultLine(result, width))
  results.push(result)
}
if (results.some(({ askedOthers }) => askedOthers)) await demandSound('all')

console.log(`\n${countFates(results)}`)
const alive = results.filter(({ fate }) => fate !== 'killed')
for (const { mutant } of alive) console.log(`${mutant.name}: ${mutant.breaks}`)
if (values.report !== undefined) writeFileSync(values.report, writeReport(results))
process.exit(alive.length === 0 ? 0 : 1)
