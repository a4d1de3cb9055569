import { simulate } from '../../../src/testing.ts'

/** Virtual minutes of each seed; `pnpm simulate` takes ten. */
export const MINUTES = 0.5

/** Fresh ones each time, so that every run of the tests looks where none has looked before. */
export const freshSeed = (): number => Math.floor(Math.random() * 1e9)

/** Runs that many seeds; resolves with what was violated, each with the command that shows it again. */
export const runSeeds = async (first: number, count: number): Promise<string[]> => {
  const { stackTraceLimit } = Error
  // Nobody reads the stacks of all the errors that are part of the game.
  Error.stackTraceLimit = 0
  const found: string[] = []
  try {
    for (let seed = first; seed < first + count; seed += 1) {
      const { violations } = await simulate({ seed, minutes: MINUTES })
      const [violation] = violations
      if (violation === undefined) continue
      const again = `npx --yes pnpm@10 simulate --seed ${seed} --minutes ${MINUTES}`
      found.push(`invariant ${violation.invariant} at ${violation.at} ms: ${violation.text}; again: ${again}`)
    }
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
  return found
}
