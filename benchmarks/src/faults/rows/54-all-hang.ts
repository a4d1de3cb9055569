import { setTimeout as sleep } from 'node:timers/promises'
import { succeeded } from '@redis-endpoint-failover/testkit/load'
import { atMost, defineRow, time } from '../fault-row.ts'

const hangMs = 6000

export const allHang = defineRow({
  row: 54,
  title: 'All hang',
  inject: `SIGSTOP of both servers for ${hangMs / 1000} s under 200 reads and 50 INCRs a second`,
  expected: 'observer-suspect: all of them at once is rather our own network; the active one is kept',
  measures: {
    toldAfter: time('observer-suspect after', hangMs),
    answeredAfter: time('answered again after SIGCONT', 1500),
    switches: atMost(0, 'switches'),
  },
  seconds: 10,
  async run(run) {
    const { east, west } = await run.pair()
    const session = await run.connect({ east, west })
    const traffic = run.traffic(session)
    await sleep(100 + run.share * 1000)
    const told = session.momentOf('observer-suspect', hangMs)
    const at = performance.now()
    await Promise.all([east.pause(), west.pause()])
    const toldAt = await told
    await sleep(hangMs - (performance.now() - at))
    run.expect(session.group.active === 'east', `${session.group.active} is active.`)
    const resumedAt = performance.now()
    await Promise.all([east.resume(), west.resume()])
    await session.client.get('key')
    const answeredAt = performance.now()
    await sleep(1000)
    const { reads } = await traffic.stop()
    const after = succeeded(reads.filter(({ sentAt }) => sentAt > answeredAt))
    run.expect(after.length > 50, `After that ${after.length} reads were answered.`)
    return {
      window: { from: at, to: toldAt },
      values: {
        toldAfter: toldAt - at,
        answeredAfter: answeredAt - resumedAt,
        switches: session.switchesSince(at).length,
      },
    }
  },
})
