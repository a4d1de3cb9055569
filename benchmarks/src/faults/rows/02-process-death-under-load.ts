import { setTimeout as sleep } from 'node:timers/promises'
import { ambiguous, failed } from '@redis-endpoint-failover/testkit/load'
import { deathMs } from '../detection.ts'
import { atMost, defineRow, shown, time } from '../fault-row.ts'

export const processDeathUnderLoad = defineRow({
  row: 2,
  title: 'Process death under load',
  inject: 'kill -9 of the active server under 1600 reads and 400 INCRs a second',
  expected: 'what was in flight settles typed: reads are repeated, INCRs are ambiguous and never repeated',
  measures: {
    switchedAfter: time('switched after', deathMs),
    failedReads: atMost(0, 'reads failed'),
    ambiguousIncrs: shown('INCRs ambiguous'),
    switches: atMost(0, 'switches beyond the one'),
  },
  seconds: 2,
  alone: true,
  async run(run) {
    const { east, west } = await run.pair()
    const session = await run.connect({ east, west })
    const traffic = run.traffic(session, { reads: 1600, incrs: 400 })
    await sleep(300 + run.share * 300)
    const failover = session.momentOf('failover', 5000)
    const { at } = await east.kill()
    const switchedAt = await failover
    await sleep(300)
    const report = await traffic.stop()
    const untyped = failed(report.incrs).filter((each) => !ambiguous([each]).includes(each))
    run.expect(
      untyped.length === 0,
      `An INCR failed with ${untyped[0]?.error}, which does not say that it is ambiguous.`,
    )
    const late = ambiguous(report.incrs).filter(({ sentAt }) => sentAt > switchedAt)
    run.expect(late.length === 0, `${late.length} INCRs that were issued after the switch are ambiguous.`)
    return {
      window: { from: at, to: switchedAt },
      values: {
        switchedAfter: switchedAt - at,
        failedReads: failed(report.reads).length,
        ambiguousIncrs: ambiguous(report.incrs).length,
        switches: Math.abs(session.switchesSince(at).length - 1),
      },
    }
  },
})
