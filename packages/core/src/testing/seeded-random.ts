import type { Random } from '../runtime/random.ts'

/**
 * Numbers in [0, 1) that repeat exactly for the same seed, for tests and simulations; not for secrets.
 *
 * The generator is sfc32 by Chris Doty-Humphrey (PractRand, public domain); a string seed is hashed by FNV-1a, 32 bit.
 */
export const seededRandom = (seed: number | string): Random => {
  let a = hash(String(seed))
  let b = 0x9e3779b9
  let c = hash(`${seed}/`)
  let counter = 1
  const next = (): number => {
    const result = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + result) | 0
    return (result >>> 0) / 2 ** 32
  }
  // PractRand discards the first outputs, until the seed has spread over the whole state.
  for (let round = 0; round < 12; round += 1) next()
  return next
}

const hash = (text: string): number => {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  return value | 0
}
