import type { Random } from '../runtime/random.ts'

/** Draws a whole number from 0 to `below`, which is excluded and at most 2^30, each with the same probability. */
export type Dice = (below: number) => number

/**
 * Dice of which `random` is asked once. A draw allocates nothing, where each result of `Math.random()` is an object on
 * the heap: a choice for every command must not keep the garbage collector busy.
 *
 * Source: mulberry32, a generator with 32 bits of state by Tommy Ettinger.
 */
export const diceFrom = (random: Random): Dice => {
  // Not a variable: one that outgrows small integers would be an object again.
  const state = Int32Array.of(random() * 2 ** 32)
  return (below) => {
    const seed = (state[0]! + 0x6d2b79f5) | 0
    state[0] = seed
    let bits = Math.imul(seed ^ (seed >>> 15), seed | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return Math.floor((((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

/** Dice that ask `random` for each draw. */
export const diceOf =
  (random: Random): Dice =>
  (below) =>
    Math.floor(random() * below)
