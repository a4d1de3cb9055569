import { setTimeout as sleep } from 'node:timers/promises'
import { failed } from '@redis-endpoint-failover/testkit/load'
import { busiestConnection } from '../../scenario/busiest-connection.ts'
import { atMost, defineRow, nothing } from '../fault-row.ts'
import { downsSince } from '../what-followed.ts'

const delayMs = 2000
const watchMs = 9000

export const oneSlowConnection = defineRow({
  row: 27,
  title: 'One slow connection',
  inject: `replies on the data connection ${delayMs} ms late, the monitor connection fine, 200 reads and 50 INCRs a second`,
  expected: 'slow, not dead: no failover, nothing DOWN, no command fails',
  measures: {
    switches: atMost(0, 'switches'),
    downs: atMost(0, 'endpoints called DOWN'),
    failedCommands: atMost(0, 'commands failed'),
  },
  seconds: 14,
  async run(run) {
    const { east, west } = await run.pair()
    const proxy = await run.proxy(east)
    const session = await run.connect({ east: proxy, west })
    const traffic = run.traffic(session)
    const busiest = await busiestConnection(proxy)
    await sleep(run.share * 1000)
    const at = performance.now()
    busiest.setFaults({ latency: delayMs })
    await sleep(watchMs)
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
