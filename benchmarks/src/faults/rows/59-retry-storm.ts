import { setTimeout as sleep } from 'node:timers/promises'
import type { FaultProxy } from '@redis-endpoint-failover/test-infra'
import { failed } from '@redis-endpoint-failover/testkit/load'
import { atMost, defineRow, nothing, shown } from '../fault-row.ts'
import { readsSeenBy } from '../reads-seen.ts'
import { downsSince } from '../what-followed.ts'

const watchMs = 10_000
const latencyMs = 25
const resetEveryMs = 50
const readsPerSecond = 1000

/** The budget as documented: repeats for a share of the calls, some a second, and some saved up. */
const budget = { share: 0.2, perSecond: 10, burst: 100 }

export const retryStorm = defineRow({
  row: 59,
  title: 'Retry storm',
  inject: `replies of the only endpoint ${latencyMs} ms late, and the connection that carries most reset every ${resetEveryMs} ms, for ${watchMs / 1000} s under ${readsPerSecond} reads a second: about half of them are lost`,
  expected: 'repeats within the budget; what it does not cover fails, and says so',
  measures: {
    beyondBudget: atMost(0, 'reads that the server saw beyond 1.2 x calls + 10/s + 100'),
    perCall: shown('attempts that the server saw per call'),
    failedShare: shown('share of reads failed'),
    resets: shown('connections reset'),
    downs: shown('times called DOWN'),
  },
  seconds: watchMs / 1000 + 2,
  async run(run) {
    const east = await run.server('east')
    const proxy = await run.proxy(east)
    const session = await run.connect({ east: proxy })
    await proxy.setFaults({ latency: latencyMs })
    const seenBefore = await readsSeenBy(east)
    const at = performance.now()
    const traffic = run.traffic(session, { reads: readsPerSecond, incrs: 0 })
    const resets = await resetBusiest(proxy, at + watchMs)
    const { reads } = await traffic.stop()
    const seconds = (performance.now() - at) / 1000
    const seen = (await readsSeenBy(east)) - seenBefore
    const exhausted = session.eventsSince('retry-budget-exhausted', at).length
    run.expect(exhausted > 0, 'The budget was never exhausted: there was no storm.')
    run.expect(seen > reads.length / 2, `The server saw only ${seen} of ${reads.length} reads.`)
    const allowed = (1 + budget.share) * reads.length + budget.perSecond * seconds + budget.burst
    return {
      window: nothing,
      values: {
        beyondBudget: Math.max(0, seen - allowed),
        perCall: seen / reads.length,
        failedShare: failed(reads).length / reads.length,
        resets,
        downs: downsSince(session, at),
      },
    }
  },
})

/** Resets what has carried most since the last time: the data connection, not the monitor. */
async function resetBusiest(proxy: FaultProxy, until: number): Promise<number> {
  const carried = new Map<number, number>()
  let resets = 0
  while (performance.now() < until) {
    await sleep(resetEveryMs)
    const growth = proxy.connections.map((connection) => ({
      connection,
      bytes: connection.bytesUp - (carried.get(connection.id) ?? 0),
    }))
    for (const { connection } of growth) carried.set(connection.id, connection.bytesUp)
    const busiest = growth.sort((a, b) => b.bytes - a.bytes)[0]
    if (busiest === undefined || busiest.bytes < 500) continue
    busiest.connection.reset()
    resets++
  }
  return resets
}
