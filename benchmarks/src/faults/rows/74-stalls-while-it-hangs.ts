import { setTimeout as sleep } from 'node:timers/promises'
import { blockEventLoop } from '@redis-endpoint-failover/test-infra'
import { failed } from '@redis-endpoint-failover/testkit/load'
import { detection } from '../detection.ts'
import { atMost, defineRow, time } from '../fault-row.ts'
import { switchesBeyondOne } from '../what-followed.ts'

const stallMs = 300
const everyMs = 500
const beforeMs = 4000

export const stallsWhileItHangs = defineRow({
  row: 74,
  title: 'Our loop stalls all the time, and the active server hangs',
  inject: `our own loop blocked for ${stallMs} ms of every ${everyMs} ms; after ${beforeMs / 1000} s SIGSTOP of the active server; 200 reads and 50 INCRs a second`,
  expected: 'no false switch before the hang; the hang is found all the same',
  measures: {
    falseSwitches: atMost(0, 'switches before the hang'),
    switchedAfter: time('switched after the hang', 3 * detection.traffic),
    failedReads: atMost(0, 'reads failed'),
    switches: atMost(0, 'switches beyond the one'),
  },
  seconds: 9.5,
  alone: true,
  stallsOnPurpose: true,
  async run(run) {
    const { east, west } = await run.pair()
    const session = await run.connect({ east, west })
    const traffic = run.traffic(session)
    const from = performance.now()
    const stalls = setInterval(() => blockEventLoop(stallMs), everyMs)
    run.undo(() => clearInterval(stalls))
    await sleep(beforeMs + run.share * everyMs)
    const failover = session.momentOf('failover', 15_000)
    const { at } = await east.pause()
    const falseSwitches = session.switchesSince(from).length
    const switchedAt = await failover
    await sleep(300)
    clearInterval(stalls)
    const { reads } = await traffic.stop()
    return {
      window: { from: at, to: switchedAt },
      values: {
        falseSwitches,
        switchedAfter: switchedAt - at,
        failedReads: failed(reads).length,
        switches: switchesBeyondOne(session, at),
      },
    }
  },
})
