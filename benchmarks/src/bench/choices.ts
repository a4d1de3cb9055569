import type { Benchmark } from './benchmark.ts'

/** What was asked for on the command line, as it stands there. */
export interface Choices {
  readonly short?: boolean | undefined
  readonly write?: boolean | undefined
  readonly rounds?: string | undefined
  readonly fault?: readonly string[] | undefined
  readonly contender?: readonly string[] | undefined
}

/** What is wrong with these choices for these benchmarks, a sentence each: none is left unheeded. */
export function choiceProblems(wanted: readonly Benchmark[], choices: Choices): string[] {
  const { short, write, rounds, fault, contender } = choices
  const given = Object.entries({ rounds, fault, contender }).flatMap(([name, value]) => (value ? [`--${name}`] : []))
  const without = wanted.filter((benchmark) => benchmark.choices === undefined)
  const problems = wanted.flatMap(({ choices: offered }) =>
    (['fault', 'contender'] as const).flatMap((kind) => {
      const unknown = (choices[kind] ?? []).filter((name) => offered !== undefined && !offered[kind].includes(name))
      return unknown.map((name) => `There is no ${kind} "${name}"; there are ${offered![kind].join(', ')}.`)
    }),
  )
  if (given.length > 0 && without.length > 0)
    problems.push(`${given.join(', ')}: not for ${without.map(({ name }) => name).join(', ')}.`)
  if (rounds !== undefined && !/^[1-9]\d*$/.test(rounds)) problems.push('--rounds wants a whole number from 1 on.')
  if (write && short) problems.push('--write wants a whole run, not --short.')
  if (write && given.length > 0) problems.push(`--write wants a whole run, without ${given.join(', ')}.`)
  return problems
}
