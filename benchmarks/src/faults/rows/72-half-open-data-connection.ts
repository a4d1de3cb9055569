import { setTimeout as sleep } from 'node:timers/promises'
import { failed, succeeded } from '@redis-endpoint-failover/testkit/load'
import { busiestConnection } from '../../scenario/busiest-connection.ts'
import { atMost, defineRow, time } from '../fault-row.ts'
import { downsSince } from '../what-followed.ts'

/** The default where the bytes of a connection can be seen. */
const silenceMs = 5000
/** How often connections are looked at. */
const lookMs = 500

export const halfOpenDataConnection = defineRow({
  row: 72,
  title: 'One data connection half-open',
  inject: 'both directions of the data connection swallowed, the monitor fine, 200 reads and 50 INCRs a second',
  expected: 'connection-replaced on the same endpoint; reads are repeated, INCRs rejected as ambiguous',
  measures: {
    replacedAfter: time('replaced after', silenceMs + lookMs),
    switches: atMost(0, 'switches'),
    downs: atMost(0, 'endpoints called DOWN'),
    failedReads: atMost(0, 'reads failed'),
  },
  seconds: 8,
  async run(run) {
    const { east, west } = await run.pair()
    const proxy = await run.proxy(east)
    const session = await run.connect({ east: proxy, west }, { connectionSilenceTimeout: silenceMs })
    const traffic = run.traffic(session)
    const busiest = await busiestConnection(proxy)
    await sleep(run.share * 1000)
    const replaced = session.momentOf('connection-replaced', 12_000)
    const at = performance.now()
    busiest.setFaults({ blackhole: true })
    const replacedAt = await replaced
    await sleep(500)
    const { reads, incrs } = await traffic.stop()
    const after = reads.filter(({ sentAt }) => sentAt > replacedAt)
    run.expect(succeeded(after).length > 20, `After that ${succeeded(after).length} reads were answered.`)
    run.expect(failed(incrs).length > 0, 'No INCR was told that nobody knows what became of it.')
    return {
      window: { from: at, to: replacedAt },
      values: {
        replacedAfter: replacedAt - at,
        switches: session.switchesSince(at).length,
        downs: downsSince(session, at),
        failedReads: failed(reads).length,
      },
    }
  },
})
