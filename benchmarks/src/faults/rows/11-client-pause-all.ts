import { setTimeout as sleep } from 'node:timers/promises'
import { failed } from '@redis-endpoint-failover/testkit/load'
import { detection } from '../detection.ts'
import { atMost, defineRow, time } from '../fault-row.ts'
import { bothSwitch, idleAndBusy } from '../idle-and-busy.ts'
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
    const { idle, busy, traffic } = await idleAndBusy(run, { east, west })
    const { at, window, values } = await bothSwitch(idle, busy, async () => {
      const from = performance.now()
      await east.command('CLIENT', 'PAUSE', pauseMs, 'ALL')
      return from
    })
    const busyAt = at + values.busySwitchedAfter
    await sleep(pauseMs + 200 - (performance.now() - at))
    const { reads, incrs } = await traffic.stop()
    const lastError = Math.max(busyAt, ...failed([...reads, ...incrs]).map(({ settledAt }) => settledAt ?? 0))
    return {
      window,
      values: {
        ...values,
        lastErrorAfter: lastError - busyAt,
        switches: switchesBeyondOne(busy, at) + switchesBeyondOne(idle, at),
      },
    }
  },
})
