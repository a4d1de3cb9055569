import { expect, it } from 'vitest'
import { isSelection, selectsRow } from '../../../src/faults/select-rows.ts'

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

it.each([
  ['4', true],
  ['1,4-8', true],
  ['hang', false],
  ['4-', false],
  ['', false],
])('reads "%s": %s', (word, isRead) => {
  expect(isSelection(word)).toBe(isRead)
})
