import { describe, expect, it } from 'vitest'
import { median, pairedRatios } from '../../src/measure/statistics.ts'

describe('median', () => {
  it.each([
    { values: [3, 1, 2], expected: 2 },
    { values: [4, 1, 3, 2], expected: 2.5 },
    { values: [7], expected: 7 },
    { values: [1, 2, Number.POSITIVE_INFINITY], expected: 2 },
    { values: [1, Number.POSITIVE_INFINITY], expected: Number.POSITIVE_INFINITY },
    { values: [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY], expected: Number.POSITIVE_INFINITY },
  ])('of $values is $expected', ({ values, expected }) => {
    expect(median(values)).toBe(expected)
  })

  it('of nothing is not a number', () => {
    expect(median([])).toBeNaN()
  })

  it('leaves its input as it was', () => {
    const values = [3, 1, 2]
    median(values)
    expect(values).toEqual([3, 1, 2])
  })
})

describe('pairedRatios', () => {
  it('compares within each round, so that a slow round does not count against anybody', () => {
    const rounds = [
      { base: [100, 100], variant: [90, 100] },
      { base: [10, 10], variant: [10, 9] },
    ]
    expect(pairedRatios(rounds)).toEqual([0.95, 0.95])
  })
})
