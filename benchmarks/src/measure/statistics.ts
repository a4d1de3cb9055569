/** The middle value; the mean of the two middle ones where their number is even. NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  if (sorted.length === 0) return Number.NaN
  if (sorted.length % 2 === 1) return sorted[Math.floor(middle)]!
  const [low, high] = [sorted[middle - 1]!, sorted[middle]!]
  // Infinity stands for "never"; two of them have no difference to take the mean of.
  return low === high ? low : low + (high - low) / 2
}

/** The values that a quarter, and three quarters, of all are below. */
export function quartiles(values: readonly number[]): [number, number] {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.round((sorted.length - 1) * share)] ?? Number.NaN
  return [at(0.25), at(0.75)]
}

export interface PairedSlices {
  /** What was measured in each slice of the round, by who was at work. */
  readonly base: readonly number[]
  readonly variant: readonly number[]
}

/** What the variant came to beside the base within each round: noise that both saw cancels out. */
export function pairedRatios(rounds: readonly PairedSlices[]): number[] {
  return rounds.map(({ base, variant }) => sum(variant) / variant.length / (sum(base) / base.length))
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
