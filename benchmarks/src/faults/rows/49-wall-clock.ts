import { setTimeout as sleep } from 'node:timers/promises'
import { failed } from '@redis-endpoint-failover/testkit/load'
import { atMost, defineRow, nothing } from '../fault-row.ts'
import type { FaultRun } from '../fault-run.ts'

const hourMs = 3_600_000
const watchMs = 2500

/** Sets this process' wall clock forward or back. The monotonic clock goes on. */
function wallClock(run: FaultRun): (byMs: number) => void {
  const real = Date.now
  run.undo(() => {
    Date.now = real
  })
  return (byMs) => {
    Date.now = () => real.call(Date) + byMs
  }
}

export const wallClockJumps = defineRow({
  row: 49,
  title: 'Wall clock jumps',
  inject: 'our wall clock set one hour ahead, then one hour back, under 200 reads and 50 INCRs a second',
  expected: 'nothing changes: no event but those that only say that probing goes on',
  measures: {
    switches: atMost(0, 'switches'),
    events: atMost(0, 'events'),
    failedCommands: atMost(0, 'commands failed'),
  },
  seconds: (2 * watchMs) / 1000 + 1,
  async run(run) {
    const { east, west } = await run.pair()
    const session = await run.connect({ east, west })
    const traffic = run.traffic(session)
    const at = performance.now()
    const lastSeq = session.group.history().at(-1)?.seq ?? 0
    const jump = wallClock(run)
    jump(hourMs)
    await sleep(watchMs)
    jump(-hourMs)
    await sleep(watchMs)
    const { reads, incrs } = await traffic.stop()
    const since = session.group.history().filter(({ seq }) => seq > lastSeq)
    for (const { type } of since) run.expect(false, `There was an event: ${type}.`)
    return {
      window: nothing,
      values: {
        switches: session.switchesSince(at).length,
        events: since.length,
        failedCommands: failed([...reads, ...incrs]).length,
      },
    }
  },
})
