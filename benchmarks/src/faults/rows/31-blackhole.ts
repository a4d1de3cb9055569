import { defineRow } from '../fault-row.ts'
import { silentLoss, silentLossMeasures } from '../idle-and-busy.ts'

export const blackhole = defineRow({
  row: 31,
  title: 'Blackhole',
  inject:
    'all bytes from and to the active server swallowed, connections kept open: of an idle client, and of one with 200 reads and 50 INCRs a second',
  expected: 'as a hang: one failover of each',
  measures: silentLossMeasures,
  seconds: 4.5,
  inTests: true,
  async run(run) {
    const { east, west } = await run.pair()
    const proxy = await run.proxy(east)
    return await silentLoss(run, { east: proxy, west }, async () => {
      const at = performance.now()
      await proxy.setFaults({ blackhole: true })
      return at
    })
  },
})
