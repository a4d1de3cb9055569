import { setTimeout as sleep } from 'node:timers/promises'
import { failed } from '@redis-endpoint-failover/testkit/load'
import { detection } from '../detection.ts'
import { atMost, defineRow, time } from '../fault-row.ts'
import { switchesBeyondOne } from '../what-followed.ts'

export const halfOpen = defineRow({
  row: 36,
  title: 'Half-open: the peer is gone and nobody says so',
  inject:
    'kill -9 of the active server, its FIN and RST kept from the clients: an idle one, and one with 200 reads and 50 INCRs a second',
  expected: 'as a hang: one failover of each',
  measures: {
    idleSwitchedAfter: time('idle switched after', detection.idle),
    busySwitchedAfter: time('with traffic switched after', detection.traffic),
    failedReads: atMost(0, 'reads failed'),
    switches: atMost(0, 'switches beyond the one'),
  },
  seconds: 4.5,
  async run(run) {
    const { east, west } = await run.pair()
    const proxy = await run.proxy(east)
    const [idle, busy] = await Promise.all([run.connect({ east: proxy, west }), run.connect({ east: proxy, west })])
    const traffic = run.traffic(busy)
    await sleep(100 + run.share * 1000)
    const moments = [idle.momentOf('failover', 8000), busy.momentOf('failover', 8000)]
    await proxy.setFaults({ halfOpen: true })
    const { at } = await east.kill()
    const [idleAt = 0, busyAt = 0] = await Promise.all(moments)
    await sleep(200)
    const { reads } = await traffic.stop()
    return {
      window: { from: at, to: Math.max(idleAt, busyAt) },
      values: {
        idleSwitchedAfter: idleAt - at,
        busySwitchedAfter: busyAt - at,
        failedReads: failed(reads).length,
        switches: switchesBeyondOne(idle, at) + switchesBeyondOne(busy, at),
      },
    }
  },
})
