import { setTimeout as sleep } from 'node:timers/promises'
import { busiestConnection } from '../../scenario/busiest-connection.ts'
import { defineRow, nothing } from '../fault-row.ts'
import { nothingMayFollow, whatFollowed } from '../what-followed.ts'

const delayMs = 2000
const watchMs = 9000

export const oneSlowConnection = defineRow({
  row: 27,
  title: 'One slow connection',
  inject: `replies on the data connection ${delayMs} ms late, the monitor connection fine, 200 reads and 50 INCRs a second`,
  expected: 'slow, not dead: no failover, nothing DOWN, no command fails',
  measures: {
    ...nothingMayFollow,
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
    const report = await traffic.stop()
    return {
      window: nothing,
      values: {
        ...whatFollowed(session, at, report),
      },
    }
  },
})
