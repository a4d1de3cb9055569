import { setTimeout as sleep } from 'node:timers/promises'
import { roundRobin } from '@redis-endpoint-failover/core'
import type { RedisServer } from '@redis-endpoint-failover/test-infra'
import { failed } from '@redis-endpoint-failover/testkit/load'
import { addressOf } from '../../scenario/server-pair.ts'
import type { Session } from '../../scenario/session.ts'
import { collectGarbage } from '../../soak/sample.ts'
import { atLeast, atMost, defineRow, nothing, shown } from '../fault-row.ts'
import { handlesLeft } from '../handles.ts'
import { readsSeenBy } from '../reads-seen.ts'

const watchMs = 10_000
/** As long as what is measured: memory has grown to what this work needs. */
const warmUpMs = watchMs
/** Additions and removals, a second. */
const rate = 1000
const atOnce = 20
const MB = 1024 * 1024

export const churn = defineRow({
  row: 61,
  title: 'Churn of endpoints',
  inject: `${rate} additions and removals a second for ${watchMs / 1000} s, at most ${atOnce} endpoints at once beside the two that stay; 200 reads and 50 INCRs a second by roundRobin()`,
  expected: 'the two that stay get equal shares; what was removed leaves nothing behind',
  measures: {
    failedCommands: atMost(0, 'commands failed'),
    fairness: atLeast(0.9, 'share of the one that stays and got fewer reads, to that of the other'),
    handles: atMost(0, 'handles more than before'),
    heap: atMost(3, 'heap more than before (MB)'),
    rss: atMost(40, 'resident memory more than before (MB)'),
    changes: shown('additions and removals per second'),
  },
  seconds: (warmUpMs + watchMs) / 1000 + 5,
  alone: true,
  async run(run) {
    const [east, west, guest] = await Promise.all([run.server('east'), run.server('west'), run.server('guest')])
    const session = await run.connect({ east, west }, { selection: roundRobin(), historySize: 200 })
    await changeEndpoints(session, guest, warmUpMs)
    const before = await measured([])
    const traffic = run.traffic(session)
    const readsBefore = await Promise.all([east, west].map(readsSeenBy))
    const at = performance.now()
    const changes = await changeEndpoints(session, guest, watchMs)
    const seconds = (performance.now() - at) / 1000
    const { reads, incrs } = await traffic.stop()
    const readsAfter = await Promise.all([east, west].map(readsSeenBy))
    const shares = readsAfter.map((count, index) => count - (readsBefore[index] ?? 0))
    const after = await measured(before.resources)
    run.expect(session.group.snapshot().endpoints.length === 2, 'Endpoints were left in the group.')
    return {
      window: nothing,
      values: {
        failedCommands: failed([...reads, ...incrs]).length,
        fairness: Math.min(...shares) / Math.max(...shares),
        handles: after.left.length,
        heap: after.heap - before.heap,
        rss: after.rss - before.rss,
        changes: changes / seconds,
      },
    }
  },
})

/** Adds endpoints and removes the oldest ones, at the rate; removes them all in the end. Resolves with how many changes. */
async function changeEndpoints(session: Session, { host, port }: RedisServer, forMs: number): Promise<number> {
  const startedAt = performance.now()
  const guests: string[] = []
  const underWay: Promise<unknown>[] = []
  let changes = 0
  while (performance.now() - startedAt < forMs) {
    const due = Math.min(atOnce, ((performance.now() - startedAt) / 1000) * rate - changes)
    for (let i = 0; i < due; i++) {
      changes++
      const oldest = guests.length >= atOnce || changes % 2 === 0 ? guests.shift() : undefined
      if (oldest !== undefined) {
        underWay.push(session.group.remove(oldest))
        continue
      }
      const id = `guest-${changes}-${forMs}`
      guests.push(id)
      underWay.push(session.add(addressOf(id, { host, port })))
    }
    await sleep(1)
  }
  await Promise.all([...underWay, ...guests.map((id) => session.group.remove(id))])
  return changes
}

/** What this process holds when it has come to rest, and which handles it did not have before. */
async function measured(resources: readonly string[]) {
  await sleep(1000)
  const left = await handlesLeft(resources)
  collectGarbage()
  const { heapUsed, rss } = process.memoryUsage()
  return { left, resources: process.getActiveResourcesInfo(), heap: heapUsed / MB, rss: rss / MB }
}
