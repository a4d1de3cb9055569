import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually, type RedisServer } from '@redis-endpoint-failover/test-infra'
import { failed } from '@redis-endpoint-failover/testkit/load'
import { oneProbeMs } from '../detection.ts'
import { atMost, defineRow, time } from '../fault-row.ts'
import { switchesBeyondOne } from '../what-followed.ts'

/** Its folder is gone, so its snapshot fails, and it refuses writes. Resolves with the moment since when it does. */
async function failToSave(server: RedisServer): Promise<number> {
  await server.command('CONFIG', 'SET', 'save', '3600 1')
  await rm(server.dir, { recursive: true })
  await server.command('BGSAVE')
  const hasFailed = async (): Promise<boolean> =>
    String(await server.command('INFO', 'persistence')).includes('rdb_last_bgsave_status:err')
  await eventually(hasFailed, { interval: 5 })
  return performance.now()
}

export const failedSave = defineRow({
  row: 23,
  title: 'MISCONF after a failed save',
  inject:
    'the folder of the active server removed, then BGSAVE: of an idle client, and of one with 200 reads and 50 INCRs a second',
  expected: 'writable=false, reason misconfigured-persistence, left because writes are refused; no command fails',
  measures: {
    idleSwitchedAfter: time('idle switched after', oneProbeMs),
    busySwitchedAfter: time('with traffic switched after', oneProbeMs),
    failedCommands: atMost(0, 'commands failed'),
    switches: atMost(0, 'switches beyond the one'),
  },
  seconds: 4,
  inTests: true,
  async run(run) {
    const { east, west } = await run.pair()
    const [idle, busy] = await Promise.all([run.connect({ east, west }), run.connect({ east, west })])
    const traffic = run.traffic(busy)
    await sleep(100 + run.share * 1000)
    const moments = [idle.momentOf('failover', 5000), busy.momentOf('failover', 5000)]
    const begunAt = performance.now()
    const at = await failToSave(east)
    // Otherwise it would not end before it has saved.
    run.undo(() => east.command('CONFIG', 'SET', 'save', ''))
    const [idleAt = 0, busyAt = 0] = await Promise.all(moments)
    await sleep(300)
    const { reads, incrs } = await traffic.stop()
    for (const session of [idle, busy]) {
      const { writable, reason } = session.endpoint('east')
      run.expect(!writable, `It counts as writable; its reason is ${reason}.`)
      const [event] = session.eventsSince('failover', begunAt)
      run.expect(event?.reason === 'not-writable', `It was left because of ${event?.reason}.`)
    }
    return {
      window: { from: at, to: Math.max(idleAt, busyAt) },
      values: {
        // Its word that it failed may come later than what its clients heard.
        idleSwitchedAfter: Math.max(0, idleAt - at),
        busySwitchedAfter: Math.max(0, busyAt - at),
        failedCommands: failed([...reads, ...incrs]).length,
        switches: switchesBeyondOne(idle, begunAt) + switchesBeyondOne(busy, begunAt),
      },
    }
  },
})
