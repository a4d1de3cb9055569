import { setTimeout as sleep } from 'node:timers/promises'
import { failed } from '@redis-endpoint-failover/testkit/load'
import { detection } from '../detection.ts'
import { atMost, defineRow, time } from '../fault-row.ts'
import { switchesBeyondOne } from '../what-followed.ts'

const pauseMs = 4500

export const clientPauseAll = defineRow({
  row: 11,
  title: 'CLIENT PAUSE ALL',
  inject: `CLIENT PAUSE ${pauseMs} ALL on the active server of an idle client and of one with 200 reads and 50 INCRs a second`,
  expected: 'as a hang: one failover of each',
  measures: {
    busySwitchedAfter: time('with traffic switched after', detection.traffic),
    idleSwitchedAfter: time('idle switched after', detection.idle),
    lastErrorAfter: time('last error after the switch', 2000),
    switches: atMost(0, 'switches beyond the one'),
  },
  seconds: 6,
  async run(run) {
    const { east, west } = await run.pair()
    const [idle, busy] = await Promise.all([run.connect({ east, west }), run.connect({ east, west })])
    const traffic = run.traffic(busy)
    await sleep(100 + run.share * 1000)
    const moments = [busy.momentOf('failover', 8000), idle.momentOf('failover', 8000)]
    const at = performance.now()
    await east.command('CLIENT', 'PAUSE', pauseMs, 'ALL')
    const [busyAt = 0, idleAt = 0] = await Promise.all(moments)
    await sleep(pauseMs + 200 - (performance.now() - at))
    const { reads, incrs } = await traffic.stop()
    const lastError = Math.max(busyAt, ...failed([...reads, ...incrs]).map(({ settledAt }) => settledAt ?? 0))
    return {
      window: { from: at, to: Math.max(busyAt, idleAt) },
      values: {
        busySwitchedAfter: busyAt - at,
        idleSwitchedAfter: idleAt - at,
        lastErrorAfter: lastError - busyAt,
        switches: switchesBeyondOne(busy, at) + switchesBeyondOne(idle, at),
      },
    }
  },
})
