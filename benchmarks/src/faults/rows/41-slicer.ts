import { setTimeout as sleep } from 'node:timers/promises'
import { failed, succeeded } from '@redis-endpoint-failover/testkit/load'
import { atMost, defineRow, nothing, shown } from '../fault-row.ts'
import { downsSince } from '../what-followed.ts'

const watchMs = 5000

export const slicer = defineRow({
  row: 41,
  title: 'Replies byte by byte',
  inject: `replies of the active server in pieces of 1 byte every 5 ms for ${watchMs / 1000} s, 10 reads and 10 INCRs a second`,
  expected: 'they are put together; slow, but up',
  measures: {
    switches: atMost(0, 'switches'),
    downs: atMost(0, 'endpoints called DOWN'),
    failedCommands: atMost(0, 'commands failed'),
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
    const { reads, incrs } = await traffic.stop()
    const answered = succeeded([...reads, ...incrs]).length
    run.expect(answered > 50, `Only ${answered} commands were answered.`)
    return {
      window: nothing,
      values: {
        switches: session.switchesSince(at).length,
        downs: downsSince(session, at),
        failedCommands: failed([...reads, ...incrs]).length,
        answered,
      },
    }
  },
})
