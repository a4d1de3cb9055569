import { type Arbitrary, assert, asyncProperty } from 'fast-check'

export interface FuzzOptions {
  /** How many values are tried. Default 200. */
  readonly runs?: number
  /** The share of `FUZZ_RUNS` that is tried where that is set, for values that take long. Default 1. */
  readonly share?: number
}

const numberFrom = (name: string): number | undefined => {
  const text = process.env[name]
  if (text === undefined || text === '') return undefined
  if (!/^-?\d+$/.test(text)) throw new Error(`${name} must be a whole number.`)
  return Number(text)
}

/**
 * Tries random values, other ones each time, and shrinks one that fails. `FUZZ_SEED` repeats a run, whose seed is printed;
 * `FUZZ_RUNS` makes it longer.
 */
export const fuzz = async <T>(
  name: string,
  values: Arbitrary<T>,
  holds: (value: T) => Promise<void> | void,
  { runs = 200, share = 1 }: FuzzOptions = {},
): Promise<void> => {
  const seed = numberFrom('FUZZ_SEED') ?? Math.floor(Math.random() * 2 ** 31)
  const wanted = numberFrom('FUZZ_RUNS')
  const numRuns = wanted === undefined ? runs : Math.max(1, Math.ceil(wanted * share))
  process.stdout.write(`fuzzed: ${name}, ${numRuns} values, FUZZ_SEED=${seed}\n`)
  await assert(
    asyncProperty(values, async (value) => holds(value)),
    { seed, numRuns, endOnFailure: numRuns > runs },
  )
}
