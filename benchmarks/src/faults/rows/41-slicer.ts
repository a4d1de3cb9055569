import { setTimeout as sleep } from 'node:timers/promises'
import { succeeded } from '@redis-endpoint-failover/testkit/load'
import { defineRow, nothing, shown } from '../fault-row.ts'
import { nothingMayFollow, whatFollowed } from '../what-followed.ts'

const watchMs = 5000

export const slicer = defineRow({
  row: 41,
  title: 'Replies byte by byte',
  inject: `replies of the active server in pieces of 1 byte every 5 ms for ${watchMs / 1000} s, 10 reads and 10 INCRs a second`,
  expected: 'they are put together; slow, but up',
  measures: {
    ...nothingMayFollow,
    answered: shown('commands answered'),
  },
  seconds: watchMs / 1000 + 1,
  async run(run) {
    const { east, west } = await run.pair()
    const proxy = await run.proxy(east)
    const session = await run.connect({ east: proxy, west })
    const at = performance.now()
    await proxy.setFaults({ slice: { bytes: 1, intervalMs: 5 } })
    const traffic = run.traffic(session, { reads: 10, incrs: 10 })
    await sleep(watchMs)
    const report = await traffic.stop()
    const answered = succeeded([...report.reads, ...report.incrs]).length
    run.expect(answered > 50, `Only ${answered} commands were answered.`)
    return {
      window: nothing,
      values: {
        ...whatFollowed(session, at, report),
        answered,
      },
    }
  },
})
