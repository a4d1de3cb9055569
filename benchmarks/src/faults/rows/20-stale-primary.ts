import { setTimeout as sleep } from 'node:timers/promises'
import { waitForReplication } from '@redis-endpoint-failover/test-infra'
import { failed } from '@redis-endpoint-failover/testkit/load'
import { oneProbeMs } from '../detection.ts'
import { atMost, defineRow, shown, time } from '../fault-row.ts'
import { switchesBeyondOne } from '../what-followed.ts'

export const stalePrimary = defineRow({
  row: 20,
  title: 'Stale primary after a promotion',
  inject: 'REPLICAOF NO ONE on the replica of the active server, under 200 reads and 50 INCRs a second',
  expected: 'stale-primary with what the promoted one lacks; left for the promoted one',
  measures: {
    markedAfter: time('marked stale after', oneProbeMs),
    switchedAfter: time('switched after', oneProbeMs),
    divergenceBytes: shown('bytes that the promoted one lacks'),
    failedCommands: atMost(0, 'commands failed'),
    switches: atMost(0, 'switches beyond the one'),
  },
  seconds: 4,
  audit: { replicated: true },
  async run(run) {
    const east = await run.server('east')
    const west = await run.server('west', { replicaOf: east })
    await waitForReplication(west)
    const session = await run.connect({ east, west })
    const traffic = run.traffic(session)
    // Its place among the probes: that it follows the other one must have been seen.
    await sleep(1200 + run.share * 1000)
    const moments = [session.momentOf('stale-primary', 5000), session.momentOf('failover', 5000)]
    const at = performance.now()
    await west.command('REPLICAOF', 'NO', 'ONE')
    const [markedAt = 0, switchedAt = 0] = await Promise.all(moments)
    await sleep(300)
    const [event] = session.eventsSince('stale-primary', at)
    const divergenceBytes = event?.divergenceBytes ?? Number.NaN
    run.expect(event?.endpointId === 'east' && event.promotedId === 'west', `Stale is ${event?.endpointId}.`)
    run.expect(divergenceBytes > 0, `The divergence is ${divergenceBytes} bytes, although both were written.`)
    const [left] = session.eventsSince('failover', at)
    run.expect(left?.reason === 'stale-primary', `It was left because of ${left?.reason}.`)
    const { reads, incrs } = await traffic.stop()
    return {
      window: { from: at, to: switchedAt },
      values: {
        markedAfter: markedAt - at,
        switchedAfter: switchedAt - at,
        divergenceBytes,
        failedCommands: failed([...reads, ...incrs]).length,
        switches: switchesBeyondOne(session, at),
      },
    }
  },
})
