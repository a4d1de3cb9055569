import { defineRow } from '../fault-row.ts'
import { silentLoss, silentLossMeasures } from '../idle-and-busy.ts'

export const halfOpen = defineRow({
  row: 36,
  title: 'Half-open: the peer is gone and nobody says so',
  inject:
    'kill -9 of the active server, its FIN and RST kept from the clients: an idle one, and one with 200 reads and 50 INCRs a second',
  expected: 'as a hang: one failover of each',
  measures: silentLossMeasures,
  seconds: 4.5,
  async run(run) {
    const { east, west } = await run.pair()
    const proxy = await run.proxy(east)
    return await silentLoss(run, { east: proxy, west }, async () => {
      await proxy.setFaults({ halfOpen: true })
      return (await east.kill()).at
    })
  },
})
