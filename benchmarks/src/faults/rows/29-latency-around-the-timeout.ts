import { setTimeout as sleep } from 'node:timers/promises'
import { failed } from '@redis-endpoint-failover/testkit/load'
import { atMost, defineRow, nothing, shown } from '../fault-row.ts'
import { downsSince, suspicionsSince } from '../what-followed.ts'

const watchMs = 600_000

export const latencyAroundTheTimeout = defineRow({
  row: 29,
  title: 'Latency around the time-out',
  inject: `replies of the active server 350 to 510 ms late for ${watchMs / 60_000} minutes, 20 reads a second`,
  expected: 'suspect now and then; about one probe in sixteen times out, three in a row hardly ever',
  measures: {
    switches: atMost(1, 'switches'),
    downs: shown('times called DOWN'),
    suspected: shown('times suspect'),
    failedReads: atMost(0, 'reads failed'),
  },
  seconds: watchMs / 1000 + 3,
  async run(run) {
    const { east, west } = await run.pair()
    const proxy = await run.proxy(east)
    const session = await run.connect({ east: proxy, west })
    const traffic = run.traffic(session, { reads: 20, incrs: 0 })
    const at = performance.now()
    await proxy.setFaults({ latency: { min: 350, max: 510 } })
    await sleep(watchMs)
    const { reads } = await traffic.stop()
    return {
      window: nothing,
      values: {
        switches: session.switchesSince(at).length,
        downs: downsSince(session, at),
        suspected: suspicionsSince(session, at),
        failedReads: failed(reads).length,
      },
    }
  },
})
