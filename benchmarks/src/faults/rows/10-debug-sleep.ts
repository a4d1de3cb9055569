import { setTimeout as sleep } from 'node:timers/promises'
import type { RedisServer } from '@redis-endpoint-failover/test-infra'
import { detection } from '../detection.ts'
import { atMost, defineRow, time } from '../fault-row.ts'
import type { FaultRun } from '../fault-run.ts'
import { switchesBeyondOne } from '../what-followed.ts'

async function fallAsleep(server: RedisServer, seconds: number): Promise<number> {
  const control = await server.connect()
  const at = performance.now()
  control.command('DEBUG', 'SLEEP', seconds).catch(() => undefined)
  return at
}

/** Two clients of one pair, one of them busy: both see the same sleep. */
async function twoClients(run: FaultRun) {
  const { east, west } = await run.pair()
  // What sleeps on would not answer the questions at the end; it keeps its data through a restart.
  run.undo(() => east.restart())
  const [idle, busy] = await Promise.all([run.connect({ east, west }), run.connect({ east, west })])
  run.traffic(busy)
  await sleep(100 + run.share * 1000)
  return { east, idle, busy }
}

export const debugSleep = defineRow({
  row: 10,
  title: 'DEBUG SLEEP',
  inject:
    'DEBUG SLEEP 2, then (elsewhere) DEBUG SLEEP 10 on the active server of an idle client and of one with traffic',
  expected: '2 s: one failover with traffic, at most one without; 10 s: one failover of both',
  measures: {
    shortWithTraffic: time('2 s: with traffic switched after', detection.traffic),
    shortIdle: atMost(1, '2 s: switches of the idle client'),
    shortSwitches: atMost(0, '2 s: switches beyond the one with traffic'),
    longWithTraffic: time('10 s: with traffic switched after', detection.traffic),
    longIdle: time('10 s: idle switched after', detection.idle),
    longSwitches: atMost(0, '10 s: switches beyond the one'),
  },
  seconds: 10,
  async run(run) {
    const short = await twoClients(run)
    const shortBusy = short.busy.momentOf('failover', 5000)
    const shortAt = await fallAsleep(short.east, 2)
    const shortBusyAt = await shortBusy
    await sleep(4000 - (performance.now() - shortAt))

    const long = await twoClients(run)
    const longMoments = [long.busy.momentOf('failover', 9000), long.idle.momentOf('failover', 9000)]
    const longAt = await fallAsleep(long.east, 10)
    const [longBusyAt = 0, longIdleAt = 0] = await Promise.all(longMoments)
    return {
      window: { from: shortAt, to: Math.max(longBusyAt, longIdleAt) },
      values: {
        shortWithTraffic: shortBusyAt - shortAt,
        shortIdle: short.idle.switchesSince(shortAt).length,
        shortSwitches: switchesBeyondOne(short.busy, shortAt),
        longWithTraffic: longBusyAt - longAt,
        longIdle: longIdleAt - longAt,
        longSwitches: switchesBeyondOne(long.busy, longAt) + switchesBeyondOne(long.idle, longAt),
      },
    }
  },
})
