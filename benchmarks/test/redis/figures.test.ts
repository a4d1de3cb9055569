import { beforeAll, describe, expect, it } from 'vitest'
import { clientNames } from '../../src/client/benchmark-client.ts'
import { figuresOf } from '../../src/figures/index.ts'
import { LaneProcesses } from '../../src/measure/lane-processes.ts'
import type { Outcome } from '../../src/measure/outcome.ts'
import { planOf } from '../../src/measure/plan.ts'
import { runFigures } from '../../src/measure/run-figures.ts'
import { figuresTable, misses } from '../../src/report/table.ts'

const figures = figuresOf('short')
const names = figures.map(({ name }) => name)

describe('the figures, in short', () => {
  let outcomes: readonly Outcome[] = []

  beforeAll(async () => {
    using processes = new LaneProcesses()
    outcomes = await runFigures(planOf(figures, clientNames, 'short'), { runLane: (lane) => processes.run(lane) })
    console.log(figuresTable(outcomes, names))
  }, 180_000)

  describe.each(clientNames)('%s', (client) => {
    it.each(names)('%s is within its bounds', (name) => {
      const found = outcomes.filter((outcome) => outcome.name === name && outcome.client === client)
      expect(found).toHaveLength(1)
      expect(misses(found)).toEqual([])
    })
  })
})
