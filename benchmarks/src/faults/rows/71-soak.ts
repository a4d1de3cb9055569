import { randomUUID } from 'node:crypto'
import { runSoak, verdictOf } from '../../soak/run-soak.ts'
import { SERIES, type SeriesName } from '../../soak/sample.ts'
import { atMost, defineRow, nothing, shown } from '../fault-row.ts'

const soakMs = 1_800_000

export const soak = defineRow({
  row: 71,
  title: 'Soak',
  inject: `random faults, one after another, for ${soakMs / 60_000} minutes under steady work of every kind (weeks: virtual, in the simulation)`,
  expected: 'memory, timers, sockets and listeners level off',
  measures: {
    growing: atMost(0, 'series that go on growing'),
    wrong: atMost(0, 'writes repeated, lost, or executed after a denial'),
    open: atMost(0, 'commands open in the end'),
    faults: shown('faults'),
    heapGrowth: shown('heap more in the second half (MB)'),
  },
  seconds: soakMs / 1000 + 10,
  alone: true,
  onRequest: true,
  async run(run) {
    const seed = randomUUID().slice(0, 8)
    const result = await runSoak({ client: run.client.name, seconds: soakMs / 1000, seed })
    const { audit, faults, levels } = result
    for (const sentence of verdictOf(result, false)) run.expect(false, `Seed ${seed}: ${sentence}.`)
    return {
      window: nothing,
      values: {
        growing: (Object.keys(SERIES) as SeriesName[]).filter((name) => !levels[name].levelsOff).length,
        wrong: audit.repeated + audit.lost + audit.denied,
        open: audit.unsettled,
        faults: [...faults.values()].reduce((sum, count) => sum + count, 0),
        heapGrowth: levels.heap.growth,
      },
    }
  },
})
