import { expect, it } from 'vitest'
import { firstSeed, runSeeds } from './run-seeds.ts'

// Two files, so that two processes share the work.
it('every invariant holds after every step of 250 simulations (second half)', async () => {
  const first = firstSeed(250)
  console.log(`simulations: seeds ${first} to ${first + 249}`)
  expect(await runSeeds(first, 250)).toEqual([])
}, 600_000)
