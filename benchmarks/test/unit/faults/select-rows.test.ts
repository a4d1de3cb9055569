import { expect, it } from 'vitest'
import { selectsRow } from '../../../src/faults/select-rows.ts'

it.each([
  [[], 4, true],
  [['4'], 4, true],
  [['4'], 14, false],
  [['1,4', '8'], 8, true],
  [['10-19'], 10, true],
  [['10-19'], 19, true],
  [['10-19'], 20, false],
  [['3, 5-7'], 6, true],
] as const)('%j selects row %d: %s', (words, row, selected) => {
  expect(selectsRow(words, row)).toBe(selected)
})

it('refuses what is no row', () => {
  expect(() => selectsRow(['hang'], 4)).toThrow('not "hang"')
})
