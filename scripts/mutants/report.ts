import { execFileSync } from 'node:child_process'
import type { Fate, MutantResult } from './run-mutant.ts'

const SHOWN: Readonly<Record<Fate, string>> = {
  killed: 'killed',
  survived: 'SURVIVED',
  unseen: 'UNSEEN',
  broken: 'BROKEN',
  'timed-out': 'TIMED OUT',
}

/** One line for one mutant, for a terminal. */
export const resultLine = ({ mutant, fate, by, seconds }: MutantResult, width: number): string =>
  `${SHOWN[fate].padEnd(9)} ${mutant.name.padEnd(width)} ${seconds.toFixed(0).padStart(4)} s  ${by}`

/** How many had which fate, those first that no test has killed. */
export const countFates = (results: readonly MutantResult[]): string => {
  const count = (fate: Fate): number => results.filter((result) => result.fate === fate).length
  const others = (['survived', 'unseen', 'broken', 'timed-out'] as const).map(
    (fate) => `${count(fate)} ${SHOWN[fate].toLowerCase()}`,
  )
  return `${count('killed')} of ${results.length} mutants killed by a test; ${others.join(', ')}.`
}

/** The text of docs/mutants.md after a run. */
export const writeReport = (results: readonly MutantResult[]): string => {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  const rows = results.map(({ mutant, fate, by }) => [
    `\`${mutant.name}\``,
    mutant.breaks,
    fate === 'killed' ? by : `**${SHOWN[fate]}** ${by}`.trim(),
  ])
  const table = [['mutant', 'what it breaks', 'killed by'], ['---', '---', '---'], ...rows]
  return `# Mutants: would the tests notice?

Made by \`npx --yes pnpm@10 mutants --report docs/mutants.md\`, which breaks the core in these ways, one at a time, and runs
its unit tests on the broken code, up to the first that fails. A mutant counts as killed if a test failed on it that
passes on the code as it is. Tests that do not end, or code that cannot be loaded, are counted by themselves: of them,
no test has said what is wrong (but where a loop without end is what a mutant breaks).

Run of ${new Date().toISOString().slice(0, 10)} on commit ${commit}: ${countFates(results)}

${table.map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`).join('\n')}
`
}
