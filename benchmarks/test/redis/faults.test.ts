import { beforeAll, describe, expect, it } from 'vitest'
import { clientNames } from '../../src/client/benchmark-client.ts'
import { allRows } from '../../src/faults/all-rows.ts'
import { faultsTable } from '../../src/faults/report/summary.ts'
import { nameOf, rowAsFigure } from '../../src/faults/row-as-figure.ts'
import { LaneProcesses } from '../../src/measure/lane-processes.ts'
import type { Outcome } from '../../src/measure/outcome.ts'
import { planOf } from '../../src/measure/plan.ts'
import { runFigures } from '../../src/measure/run-figures.ts'
import { misses } from '../../src/report/table.ts'

// Short rows that no other test covers, once each; `pnpm faults` runs all of them as often as it takes.
const rows = (await allRows()).filter(({ inTests }) => inTests === true)

describe('rows of the fault matrix, once each', () => {
  let outcomes: readonly Outcome[] = []

  beforeAll(async () => {
    using processes = new LaneProcesses(new URL('../../src/faults/lane-process.ts', import.meta.url))
    const plan = planOf(
      rows.map((row) => rowAsFigure(row)),
      clientNames,
      'short',
    )
    outcomes = await runFigures(plan, { runLane: (lane) => processes.run(lane) })
    console.log(faultsTable(outcomes))
  }, 180_000)

  describe.each(clientNames)('%s', (client) => {
    it.each(rows.map(nameOf))('row %s holds', (name) => {
      const found = outcomes.filter((outcome) => outcome.name === name && outcome.client === client)
      expect(found).toHaveLength(1)
      expect([...misses(found), ...found.flatMap(({ notes }) => notes)]).toEqual([])
    })
  })
})
