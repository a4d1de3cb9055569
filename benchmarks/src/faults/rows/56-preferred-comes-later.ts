import { setTimeout as sleep } from 'node:timers/promises'
import { presets } from '@redis-endpoint-failover/core'
import { failed } from '@redis-endpoint-failover/testkit/load'
import { atMost, defineRow, never, time } from '../fault-row.ts'

const { failback, health } = presets.default
const graceMs = failback.grace * 1.1 + health.interval * 1.1

export const preferredComesLater = defineRow({
  row: 56,
  title: 'Only the least preferred is up at the start',
  inject:
    'the preferred server does not run when the client connects; under 200 reads and 50 INCRs a second it is started',
  expected: 'served by the other one at once; failback when the preferred one has been up for its grace, not before',
  measures: {
    startedAfter: time('started after', health.timeout),
    failedBackAfter: time('failback after it was up', graceMs),
    early: atMost(0, 'failbacks before its grace'),
    failedCommands: atMost(0, 'commands failed'),
    switches: atMost(0, 'switches beyond the failback'),
  },
  seconds: 20,
  async run(run) {
    const { east, west } = await run.pair()
    await east.kill()
    const session = run.session({ east, west })
    const from = performance.now()
    await session.connectOnly()
    const startedAt = performance.now()
    const traffic = run.traffic(session)
    await sleep(1000 + run.share * 1000)
    const up = session.momentOf('health-changed', 8000, ({ endpointId, to }) => endpointId === 'east' && to === 'up')
    const back = session.momentOf('failback', 25_000, ({ to }) => to === 'east')
    const at = performance.now()
    await east.restart()
    const upAt = await up
    const backAt = await back
    await sleep(300)
    const { reads, incrs } = await traffic.stop()
    return {
      window: { from: upAt, to: backAt },
      values: {
        startedAfter: startedAt - from,
        failedBackAfter: backAt === never ? never : backAt - upAt,
        early: backAt - upAt < failback.grace ? 1 : 0,
        failedCommands: failed([...reads, ...incrs]).length,
        switches: session.switchesSince(at).length - 1,
      },
    }
  },
})
