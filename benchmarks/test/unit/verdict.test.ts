import { describe, expect, it } from 'vitest'
import { judge, repeatsAllowed, worstBound } from '../../src/measure/verdict.ts'

const never = Number.POSITIVE_INFINITY

describe('judge', () => {
  it.each([
    { rule: 'time', bound: 100, values: [90, 100, 250], met: true, why: 'the worst may be 150 ms late' },
    { rule: 'time', bound: 100, values: [90, 100, 251], met: false, why: 'the worst is later than that' },
    { rule: 'time', bound: 3000, values: [2900, 3000, 3750], met: true, why: 'the worst may be 25 % late' },
    { rule: 'time', bound: 3000, values: [2900, 3000, 3751], met: false, why: 'the worst is later than that' },
    { rule: 'time', bound: 100, values: [101, 101, 101, 90, 90], met: false, why: 'the median has no slack' },
    { rule: 'time', bound: 100, values: [101, 101, 90, 90], met: true, why: 'four runs have no median' },
    { rule: 'time', bound: 100, values: [50, 50, never], met: false, why: 'one run never got there' },
    { rule: 'count', bound: 0, values: [0, 0, 0], met: true, why: 'none is none' },
    { rule: 'count', bound: 0, values: [0, 0, 1], met: false, why: 'a count has no slack' },
    { rule: 'ratio', bound: 0.95, values: [0.96, 0.95, 0.5], met: true, why: 'the median of a ratio decides' },
    { rule: 'ratio', bound: 0.95, values: [0.99, 0.94, 0.94], met: false, why: 'the median of a ratio decides' },
    { rule: 'information', bound: 0, values: [never], met: true, why: 'it is not judged' },
    { rule: 'time', bound: 100, values: [], met: false, why: 'nothing was measured' },
    { rule: 'time', bound: 100, values: [10, 10, Number.NaN], met: false, why: 'one run measured nothing' },
    { rule: 'count', bound: 0, values: [Number.NaN], met: false, why: 'one run measured nothing' },
    { rule: 'ratio', bound: 0.95, values: [Number.NaN], met: false, why: 'one run measured nothing' },
  ] as const)('$rule, bound $bound, $values: $met, because $why', ({ rule, bound, values, met }) => {
    expect(judge({ label: 'x', rule, bound }, values).met).toBe(met)
  })

  it.each([
    [2, true],
    [3, false],
  ])('of %d runs, where three have a median: %s', (count, met) => {
    const late = Array.from({ length: count }, () => 101)
    expect(judge({ label: 'x', rule: 'time', bound: 100 }, late, 3).met).toBe(met)
  })

  it('calls the largest value the worst, and the smallest of a ratio', () => {
    expect(judge({ label: 'x', rule: 'time', bound: 1 }, [1, 3, 2])).toMatchObject({ median: 2, worst: 3 })
    expect(judge({ label: 'x', rule: 'ratio', bound: 1 }, [1, 3, 2])).toMatchObject({ median: 2, worst: 1 })
  })
})

it.each([
  [100, 250],
  [600, 750],
  [3040, 3800],
])('the worst run of a bound of %d ms may take %d ms', (bound, worst) => {
  expect(worstBound(bound)).toBe(worst)
})

it.each([
  [1, 1],
  [9, 1],
  [20, 2],
  [50, 5],
])('of %d runs %d may be repeated', (runs, repeats) => {
  expect(repeatsAllowed(runs)).toBe(repeats)
})
