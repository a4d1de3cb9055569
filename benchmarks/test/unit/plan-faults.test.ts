import { seededRandom } from '@redis-endpoint-failover/core/testing'
import { expect, test } from 'vitest'
import { FAULTS, planFaults } from '../../src/history/faults.ts'

const kinds = Object.keys(FAULTS).length

test('the same seed plans the same faults, another one another order', () => {
  const plan = (seed: string) => planFaults(50, seededRandom(seed))
  expect(plan('a')).toEqual(plan('a'))
  expect(plan('a')).not.toEqual(plan('b'))
})

test('every kind of fault comes as often as every other', () => {
  const plan = planFaults(3 * kinds, seededRandom('a'))
  for (const name of Object.keys(FAULTS)) expect(plan.filter((each) => each === name)).toHaveLength(3)
  expect(planFaults(kinds - 2, seededRandom('a'))).toHaveLength(kinds - 2)
})
