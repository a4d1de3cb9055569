/** Whether a word of `--row` can be read: numbers and ranges, `4`, `4,5`, `10-19`. */
export const isSelection = (word: string): boolean => word.split(',').every((part) => rangeOf(part) !== undefined)

/** Whether the words of `--row` choose this row. None at all chooses every row. */
export function selectsRow(words: readonly string[], row: number): boolean {
  const ranges = words.flatMap((word) => word.split(',')).map(rangeOf)
  return ranges.length === 0 || ranges.some((range) => range !== undefined && row >= range.first && row <= range.last)
}

function rangeOf(part: string): { first: number; last: number } | undefined {
  const match = /^(\d+)(?:-(\d+))?$/.exec(part.trim())
  return match === null ? undefined : { first: Number(match[1]), last: Number(match[2] ?? match[1]) }
}
