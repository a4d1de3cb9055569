import { setTimeout as sleep } from 'node:timers/promises'
import { role } from '@redis-endpoint-failover/core'
import { atMost, defineRow, nothing } from '../fault-row.ts'
import { downsSince } from '../what-followed.ts'

export const unrelatedPrimaries = defineRow({
  row: 21,
  title: 'Two unrelated primaries',
  inject: 'two servers that have nothing to do with each other, watched with role()',
  expected: 'multiple-primaries, once; the current one is kept',
  measures: {
    switches: atMost(0, 'switches'),
    downs: atMost(0, 'endpoints called DOWN'),
    told: atMost(1, 'times told of it'),
  },
  seconds: 4,
  inTests: true,
  async run(run) {
    const { east, west } = await run.pair()
    const session = run.session({ east, west }, { health: { check: role() } })
    const from = performance.now()
    await session.connect()
    const at = performance.now()
    run.traffic(session)
    await sleep(3000)
    const told = session.eventsSince('multiple-primaries', from)
    run.expect(told[0]?.endpointIds.toSorted().join() === 'east,west', `It told of ${told[0]?.endpointIds}.`)
    run.expect(session.group.active === 'east', `${session.group.active} is active.`)
    return {
      window: nothing,
      values: { switches: session.switchesSince(at).length, downs: downsSince(session, at), told: told.length },
    }
  },
})
