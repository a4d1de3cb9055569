/**
 * Whether the words of `--row` choose this row: numbers and ranges, `4`, `4,5`, `10-19`. None at all chooses every row.
 *
 * @throws Error for a word that is neither
 */
export function selectsRow(words: readonly string[], row: number): boolean {
  const ranges = words.flatMap((word) => word.split(',')).map(rangeOf)
  return ranges.length === 0 || ranges.some(({ first, last }) => row >= first && row <= last)
}

function rangeOf(word: string): { first: number; last: number } {
  const match = /^(\d+)(?:-(\d+))?$/.exec(word.trim())
  if (match === null) throw new Error(`--row takes numbers and ranges such as 4,10-19, not "${word}".`)
  return { first: Number(match[1]), last: Number(match[2] ?? match[1]) }
}
