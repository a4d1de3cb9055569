import { describe, expect, it } from 'vitest'
import { clientNames } from '../../../src/client/benchmark-client.ts'
import { allRows } from '../../../src/faults/all-rows.ts'
import { isAuditMeasure } from '../../../src/faults/audit.ts'
import { rowAsFigure, runsOf } from '../../../src/faults/row-as-figure.ts'
import { forecastSeconds, planOf } from '../../../src/measure/plan.ts'

const rows = await allRows()

describe('the rows of the fault matrix', () => {
  it('have each a number of its own, in order', () => {
    const numbers = rows.map(({ row }) => row)
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b))
    expect(numbers.length).toBeGreaterThan(0)
  })

  it.each(rows.map((row) => [row.row, row] as const))(
    'row %d judges something, and says what is expected',
    (_, row) => {
      const { measures } = rowAsFigure(row)
      const own = Object.values(measures).filter(({ label, rule }) => rule !== 'information' && !isAuditMeasure(label))
      expect(own.length).toBeGreaterThan(0)
      expect(row.inject).not.toBe('')
      expect(row.expected).not.toBe('')
      // No label twice: the report tells measures apart by them.
      const labels = Object.values(measures).map(({ label }) => label)
      expect(new Set(labels).size).toBe(labels.length)
    },
  )
})

describe('the whole matrix', () => {
  it('takes less than 90 minutes by the forecast, without what soaks', () => {
    const short = rows.filter(({ seconds }) => seconds < 900)
    const plan = planOf(
      short.map((row) => rowAsFigure(row)),
      clientNames,
      'full',
    )
    expect(forecastSeconds(plan) / 60).toBeLessThan(90)
  })

  it('takes less than 40 s of the tests', () => {
    const few = rows.filter(({ inTests }) => inTests === true).map((row) => rowAsFigure(row))
    expect(few.length).toBeGreaterThan(0)
    expect(forecastSeconds(planOf(few, clientNames, 'short'))).toBeLessThan(40)
  })
})

describe('runsOf', () => {
  it.each([
    [{ seconds: 4.9 }, 20],
    [{ seconds: 5 }, 3],
    [{ seconds: 59 }, 3],
    [{ seconds: 60 }, 1],
    [{ seconds: 1, runs: 50 }, 50],
  ])('of %j is %d', (row, runs) => {
    expect(runsOf(row)).toBe(runs)
  })
})

describe('rowAsFigure', () => {
  const [row] = rows

  it('runs as often as it is told, and once in the short form', () => {
    expect(rowAsFigure(row!).runs).toEqual({ full: runsOf(row!), short: 1 })
    expect(rowAsFigure(row!, 7).runs).toEqual({ full: 7, short: 7 })
  })
})
