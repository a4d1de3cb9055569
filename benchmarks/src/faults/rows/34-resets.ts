import { setTimeout as sleep } from 'node:timers/promises'
import { failed } from '@redis-endpoint-failover/testkit/load'
import { atLeast, atMost, defineRow, nothing, shown } from '../fault-row.ts'
import { downsSince } from '../what-followed.ts'

const watchMs = 20_000
const everyMs = 500
const share = 0.05

export const resets = defineRow({
  row: 34,
  title: 'RST on 5 % of connections',
  inject: `every ${everyMs} ms each connection to the active server is reset with a probability of 5 %, for ${watchMs / 1000} s under 200 reads and 50 INCRs a second`,
  expected: 'new connections, nothing DOWN, reads repeated within the budget',
  measures: {
    answered: atLeast(0.999, 'share of reads answered'),
    downs: atMost(0, 'endpoints called DOWN'),
    switches: atMost(0, 'switches'),
    resets: shown('connections reset'),
    ambiguous: shown('INCRs failed'),
  },
  seconds: watchMs / 1000 + 2,
  async run(run) {
    const { east, west } = await run.pair()
    const proxy = await run.proxy(east)
    const session = await run.connect({ east: proxy, west })
    const traffic = run.traffic(session)
    const at = performance.now()
    let resetCount = 0
    while (performance.now() - at < watchMs) {
      const unlucky = proxy.connections.filter(() => Math.random() < share)
      for (const connection of unlucky) connection.reset()
      resetCount += unlucky.length
      await sleep(everyMs)
    }
    // The first in any case, so that no run passes because nothing happened.
    if (resetCount === 0) proxy.connections[0]?.reset()
    await sleep(500)
    const { reads, incrs } = await traffic.stop()
    return {
      window: nothing,
      values: {
        answered: 1 - failed(reads).length / reads.length,
        downs: downsSince(session, at),
        switches: session.switchesSince(at).length,
        resets: resetCount,
        ambiguous: failed(incrs).length,
      },
    }
  },
})
