// Breaks the code in ways that matter, one at a time, and shows that the tests notice each: `pnpm mutants`.
import { parseArgs } from 'node:util'
import { mutants } from './list/index.ts'
import { type MutantResult, runMutant } from './run-mutant.ts'

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    list: { type: 'boolean', default: false },
  },
})

const unknown = values.only.filter((name) => !mutants.some((mutant) => mutant.name === name))
if (unknown.length > 0) {
  console.error(`There is no mutant ${unknown.join(', ')}. pnpm mutants --list names them.`)
  process.exit(2)
}
const chosen = mutants.filter(({ name }) => values.only.length === 0 || values.only.includes(name))
const width = Math.max(...chosen.map(({ name }) => name.length))

const lineOf = ({ mutant, fate, by, seconds }: MutantResult): string =>
  `${fate.padEnd(9)} ${(mutant?.name ?? 'as it is').padEnd(width)} ${seconds.toFixed(0).padStart(4)} s  ${by}`

if (values.list) {
  for (const { name, breaks } of chosen) console.log(`${name.padEnd(width)}  ${breaks}`)
  process.exit(0)
}

// Where tests fail anyway, they kill everything.
const sound = await runMutant()
console.log(lineOf(sound))
if (sound.fate !== 'survived') process.exit(1)
console.log(`${chosen.length} mutants, at most ${Math.ceil((chosen.length * sound.seconds) / 60)} minutes.`)

const results: MutantResult[] = []
for (const mutant of chosen) {
  const result = await runMutant(mutant)
  console.log(lineOf(result))
  results.push(result)
}
const killed = results.filter(({ fate }) => fate === 'killed')
console.log(`\n${killed.length} of ${results.length} mutants killed.`)
for (const { mutant, fate } of results.filter((result) => !killed.includes(result)))
  console.log(`${fate}: ${mutant?.name}. ${mutant?.breaks}`)
process.exit(killed.length === results.length ? 0 : 1)
