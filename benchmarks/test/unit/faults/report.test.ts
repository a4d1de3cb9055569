import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { auditMeasures } from '../../../src/faults/audit.ts'
import { reliabilityPage } from '../../../src/faults/report/reliability-page.ts'
import type { MeasureRecord, RowRecord } from '../../../src/faults/report/row-record.ts'
import { merge, updateReport } from '../../../src/faults/report/update-report.ts'

const measure = (fields: Partial<MeasureRecord> = {}): MeasureRecord => ({
  label: 'switched after',
  rule: 'time',
  bound: 100,
  median: 8,
  worst: 12,
  met: true,
  ...fields,
})

const twice = ({ met }: { met: boolean }): MeasureRecord =>
  measure({ ...auditMeasures.executedTwice, median: 0, worst: met ? 0 : 2, met })

const record = (fields: Partial<RowRecord> = {}): RowRecord => ({
  row: 1,
  client: 'ioredis',
  title: 'Death',
  inject: 'kill -9',
  expected: 'one failover',
  runs: 20,
  repeated: 0,
  held: true,
  notes: [],
  measures: [measure(), twice({ met: true })],
  load: 2,
  measuredOn: 'Monday',
  ...fields,
})

describe('reliabilityPage', () => {
  it('shows the clients side by side, and no audit that found nothing', () => {
    const page = reliabilityPage([
      record({ client: 'node-redis' }),
      record({ measures: [measure({ worst: 13 }), twice({ met: true })] }),
    ])
    expect(page).toContain(
      '| 1 | **Death**: kill -9 | one failover | switched after | <= 100 ms | 8.0 / 12.0 ms | 8.0 / 13.0 ms | 20 | 2 | holds |',
    )
    expect(page).toContain('- 1 rows hold, 0 do not; 40 runs')
    expect(page).not.toContain('| writes executed twice')
    expect(page).toContain('Measured on Monday.')
  })

  it('shows a miss of one client, what never came, and the audit that found something', () => {
    const page = reliabilityPage([
      record({ client: 'node-redis' }),
      record({
        held: false,
        measures: [measure({ median: 9, worst: null, met: false }), twice({ met: false })],
        notes: ['The dead endpoint is up.'],
      }),
    ])
    expect(page).toContain('| 8.0 / 12.0 ms | 9.0 ms / never | 20 | 2 | **missed** |')
    expect(page).toContain('| writes executed twice | <= 0 | 0 | 0 / 2 |  |  | **missed** |')
    expect(page).toContain('- 0 rows hold, 1 do not (1); 40 runs')
    expect(page).toContain('- Row 1, ioredis: The dead endpoint is up.')
  })

  it('says what each row was measured on where that differs', () => {
    const page = reliabilityPage([record(), record({ row: 2, measuredOn: 'Tuesday' })])
    expect(page).toContain('- Rows 1: Monday.\n- Rows 2: Tuesday.')
    expect(page).toContain('not measured')
  })
})

describe('updateReport', () => {
  it('keeps rows that were not measured this time', () => {
    const old = record({ row: 2 })
    const newer = record({ title: 'Sudden death' })
    expect(merge([record(), old], [newer])).toEqual([newer, old])
  })

  it('writes the page and the data, and reads the data back', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ref-report-'))
    try {
      const page = join(folder, 'reliability.md')
      updateReport(page, [record()])
      updateReport(page, [record({ row: 2, title: 'Hang' })])
      const text = readFileSync(page, 'utf8')
      expect(text).toContain('**Death**')
      expect(text).toContain('**Hang**')
      expect(JSON.parse(readFileSync(join(folder, 'reliability.json'), 'utf8'))).toHaveLength(2)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
