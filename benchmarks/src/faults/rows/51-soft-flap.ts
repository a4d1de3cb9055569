import { setTimeout as sleep } from 'node:timers/promises'
import { failed } from '@redis-endpoint-failover/testkit/load'
import { atMost, defineRow, nothing, shown } from '../fault-row.ts'

const halfPeriodMs = 1000
const watchMs = 300_000

export const softFlap = defineRow({
  row: 51,
  title: 'Soft flap',
  inject: `SIGSTOP of the preferred server for ${halfPeriodMs} ms of every ${2 * halfPeriodMs} ms, for ${watchMs / 60_000} minutes, under 200 reads and 50 INCRs a second`,
  expected: 'one failover at most, then it stays: the preferred one is never up for its grace',
  measures: {
    switches: atMost(2, 'switches'),
    failedReads: atMost(0, 'reads failed'),
    failedIncrs: shown('INCRs failed'),
  },
  seconds: watchMs / 1000 + 4,
  async run(run) {
    const { east, west } = await run.pair()
    const session = await run.connect({ east, west })
    const traffic = run.traffic(session)
    const at = performance.now()
    while (performance.now() - at < watchMs) {
      await east.pause()
      await sleep(halfPeriodMs)
      await east.resume()
      await sleep(halfPeriodMs)
    }
    const { reads, incrs } = await traffic.stop()
    return {
      window: nothing,
      values: {
        switches: session.switchesSince(at).length,
        failedReads: failed(reads).length,
        failedIncrs: failed(incrs).length,
      },
    }
  },
})
