import { setTimeout as sleep } from 'node:timers/promises'
import { failed } from '@redis-endpoint-failover/testkit/load'
import { atMost, defineRow, nothing } from '../fault-row.ts'
import { downsSince } from '../what-followed.ts'

const hangMs = 300

export const shortHang = defineRow({
  row: 6,
  title: 'Hang shorter than the time-out',
  inject: `SIGSTOP of the active server for ${hangMs} ms under 200 reads and 50 INCRs a second`,
  expected: 'nothing but latency: suspect at most',
  measures: {
    switches: atMost(0, 'switches'),
    downs: atMost(0, 'endpoints called DOWN'),
    failedCommands: atMost(0, 'commands failed'),
  },
  seconds: 1.6,
  runs: 50,
  async run(run) {
    const { east, west } = await run.pair()
    const session = await run.connect({ east, west })
    const traffic = run.traffic(session)
    await sleep(50 + run.share * 500)
    const { at } = await east.pause()
    await sleep(hangMs - (performance.now() - at))
    await east.resume()
    await sleep(400)
    const { reads, incrs } = await traffic.stop()
    return {
      window: nothing,
      values: {
        switches: session.switchesSince(at).length,
        downs: downsSince(session, at),
        failedCommands: failed([...reads, ...incrs]).length,
      },
    }
  },
})
