import { setTimeout as sleep } from 'node:timers/promises'
import { presets } from '@redis-endpoint-failover/core'
import { failed } from '@redis-endpoint-failover/testkit/load'
import { atLeast, atMost, defineRow, nothing, shown } from '../fault-row.ts'
import { downsSince, msUntil } from '../what-followed.ts'

const hungMs = 10_000
const { grace } = presets.default.failback

export const lateZombie = defineRow({
  row: 8,
  title: 'Late zombie',
  inject: `SIGSTOP of the active server under 200 reads and 50 INCRs a second, SIGCONT after ${hungMs / 1000} s`,
  expected:
    'its late replies reach nobody; only probes of its new generation bring it up, only the rules of failback bring it back',
  measures: {
    switchedAfter: shown('switched after, ms'),
    generations: atMost(0, 'generations begun by late replies'),
    graceShare: atLeast(1, 'grace kept before the failback'),
    failedAfterwards: atMost(0, 'commands failed after SIGCONT'),
  },
  seconds: 26,
  async run(run) {
    const { east, west } = await run.pair()
    const session = await run.connect({ east, west })
    const traffic = run.traffic(session)
    await sleep(100 + run.share * 1000)
    const failover = session.momentOf('failover', 10_000)
    const { at } = await east.pause()
    const switchedAt = await failover
    await sleep(hungMs - (performance.now() - at))
    const { generation } = session.endpoint('east')
    const failback = session.momentOf('failback', grace * 1.1 + 8000)
    const { at: resumedAt } = await east.resume()
    const failbackAt = await failback
    const up = session.eventsSince('health-changed', resumedAt).find(({ to }) => to === 'up')
    run.expect(up?.reason === 'probe-succeeded', `It came up because of ${up?.reason}.`)
    run.expect(downsSince(session, resumedAt) === 0, 'Something went DOWN after SIGCONT.')
    await sleep(200)
    const { reads, incrs } = await traffic.stop()
    return {
      window: nothing,
      values: {
        switchedAfter: switchedAt - at,
        generations: session.endpoint('east').generation - generation,
        graceShare: (failbackAt - resumedAt - msUntil(up, resumedAt)) / grace,
        failedAfterwards: failed([...reads, ...incrs]).filter(({ sentAt }) => sentAt > resumedAt).length,
      },
    }
  },
})
