import { simulate } from '../../../src/testing.ts'

/** Virtual minutes of each seed; `pnpm simulate` takes ten. */
export const MINUTES = 0.5

/**
 * The first seed of a test: a fresh one each time, so that every run looks where nobody has looked before.
 * `SIMULATION_SEED=N` begins at a certain one; `offset` keeps the files of tests apart then.
 */
export const firstSeed = (offset: number): number => {
  const wish = process.env.SIMULATION_SEED
  if (wish === undefined || wish === '') return Math.floor(Math.random() * 1e9)
  if (!/^\d+$/.test(wish)) throw new RangeError(`SIMULATION_SEED is "${wish}"; it has to be a whole number.`)
  return Number(wish) + offset
}

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
