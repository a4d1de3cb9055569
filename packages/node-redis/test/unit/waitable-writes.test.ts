import { describe, expect, test } from 'vitest'
import { leastOf } from '../../src/generated/waitable-writes.ts'

describe('the answer of several servers', () => {
  test('is the least of theirs, as whatever they come, and for each number of a list', () => {
    expect([2, 0, 1].reduce(leastOf as (a: number, b: number) => number)).toBe(0)
    expect(leastOf('2', '10')).toBe('2')
    expect(leastOf([1, 2], [0, 3])).toEqual([0, 2])
  })
})
