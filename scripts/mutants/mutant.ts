/** One way to break the code: an exact text of one file, and what takes its place. */
export interface Mutant {
  /** What the code does not do any more, in words that a command line takes: `no-generation-check`. */
  readonly name: string
  /** What would go wrong in production. */
  readonly breaks: string
  /** From the root of the repository. */
  readonly file: string
  /** Occurs exactly once in the file. */
  readonly find: string
  readonly replace: string
  /** The tests that should notice, below packages/core/test/unit: asked before all others. */
  readonly tests: readonly string[]
  /** The mutant loops for ever, and that is what it breaks: tests that do not end have noticed it. */
  readonly endless?: true
}

/** @throws Error where the text to replace is not there exactly once: the list is out of date */
export const mutate = (source: string, { name, file, find, replace }: Mutant): string => {
  const [before, after, ...more] = source.split(find)
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`Mutant "${name}": its text occurs ${source.split(find).length - 1} times in ${file}, not once.`)
  return `${before}${replace}${after}`
}
