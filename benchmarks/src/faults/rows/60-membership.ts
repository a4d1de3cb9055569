import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '@redis-endpoint-failover/test-infra'
import { failed } from '@redis-endpoint-failover/testkit/load'
import { addressOf } from '../../scenario/server-pair.ts'
import { atMost, defineRow, time } from '../fault-row.ts'

export const membership = defineRow({
  row: 60,
  title: 'Endpoints added and removed',
  inject:
    'the same id added four times at once; the active endpoint removed; the last one removed, then one added; 200 reads and 50 INCRs a second',
  expected: 'one of four is added; commands move without an error; they wait while there is none, and go on',
  measures: {
    movedAfter: time('moved away after remove()', 150),
    failedCommands: atMost(0, 'commands failed'),
    added: atMost(1, 'of four that were added'),
    orphans: atMost(0, 'connections to a removed endpoint'),
  },
  seconds: 2.5,
  async run(run) {
    const { east, west } = await run.pair()
    const proxy = await run.proxy(east)
    const session = await run.connect({ east: proxy })
    const traffic = run.traffic(session)
    const additions = await Promise.allSettled(Array.from({ length: 4 }, () => session.add(addressOf('west', west))))
    await eventually(() => session.endpoint('west').state === 'up')
    await sleep(200 + run.share * 200)
    const at = performance.now()
    const failover = session.momentOf('failover', 3000)
    await session.group.remove('east')
    const movedAt = await failover
    await eventually(() => proxy.connections.length === 0, { timeout: 500 }).catch(() => undefined)
    const [event] = session.eventsSince('failover', at)
    run.expect(event?.reason === 'removed' || event?.reason === 'draining', `It was left because of ${event?.reason}.`)
    const orphans = proxy.connections.length
    await session.group.remove('west')
    run.expect(session.group.active === undefined, `${session.group.active} is active.`)
    await sleep(200)
    await session.add(addressOf('west', west))
    await eventually(() => session.group.active === 'west')
    await sleep(200)
    const { reads, incrs } = await traffic.stop()
    return {
      window: { from: at, to: movedAt },
      values: {
        movedAfter: movedAt - at,
        failedCommands: failed([...reads, ...incrs]).length,
        added: additions.filter(({ status }) => status === 'fulfilled').length,
        orphans,
      },
    }
  },
})
