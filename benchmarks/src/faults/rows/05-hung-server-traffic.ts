import { setTimeout as sleep } from 'node:timers/promises'
import { presets } from '@redis-endpoint-failover/core'
import { ambiguous, failed } from '@redis-endpoint-failover/testkit/load'
import { detection } from '../detection.ts'
import { atMost, defineRow, shown, time } from '../fault-row.ts'
import { switchesBeyondOne } from '../what-followed.ts'

export const hungServerTraffic = defineRow({
  row: 5,
  title: 'Hung server, traffic',
  inject: 'SIGSTOP of the active server under 200 reads and 50 INCRs a second, SIGCONT when it was left',
  expected: 'one failover; INCRs in flight are ambiguous, and executed once at most when the server goes on',
  measures: {
    switchedAfter: time('switched after', detection.traffic),
    failedReads: atMost(0, 'reads failed'),
    ambiguousIncrs: shown('INCRs ambiguous'),
    wronglyFailed: atMost(0, 'INCRs failed that were not in flight'),
    switches: atMost(0, 'switches beyond the one'),
  },
  seconds: 3,
  async run(run) {
    const { east, west } = await run.pair()
    const session = await run.connect({ east, west })
    const traffic = run.traffic(session)
    await sleep(100 + run.share * presets.default.health.interval)
    const failover = session.momentOf('failover', 10_000)
    const { at } = await east.pause()
    const switchedAt = await failover
    await sleep(200)
    const switches = switchesBeyondOne(session, at)
    const { reads, incrs } = await traffic.stop()
    const inFlight = ambiguous(incrs).filter(({ sentAt }) => sentAt <= switchedAt)
    return {
      window: { from: at, to: switchedAt },
      values: {
        switchedAfter: switchedAt - at,
        failedReads: failed(reads).length,
        ambiguousIncrs: inFlight.length,
        wronglyFailed: failed(incrs).length - inFlight.length,
        switches,
      },
    }
  },
})
