/** A source of uniform numbers in [0, 1). Injected everywhere, so that a run can be repeated from a seed. */
export type Random = () => number

/** The process' own randomness. */
export const systemRandom: Random = () => Math.random()

/** A uniform number in [from, to). */
export const uniform = (random: Random, from: number, to: number): number => from + (to - from) * random()

/** `value` spread evenly over plus or minus `fraction`. */
export const jitter = (random: Random, value: number, fraction: number): number =>
  value * uniform(random, 1 - fraction, 1 + fraction)
