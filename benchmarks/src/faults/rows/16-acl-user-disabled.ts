import { setTimeout as sleep } from 'node:timers/promises'
import type { Session } from '../../scenario/session.ts'
import { oneProbeMs } from '../detection.ts'
import { atMost, defineRow, time } from '../fault-row.ts'
import { firstDown, switchesBeyondOne } from '../what-followed.ts'

const watchMs = 5000
const user = 'app'
const password = 'secret'

const downOf = (session: Session): Promise<number> =>
  session.momentOf('health-changed', 6000, ({ endpointId, to }) => endpointId === 'east' && to === 'down')

export const aclUserDisabled = defineRow({
  row: 16,
  title: 'ACL user disabled, PING denied',
  inject: `ACL SETUSER ${user} off and its connections killed, on the active server; on another one ACL SETUSER ${user} -ping`,
  expected: 'DOWN, reason authentication-failed, one failover, no retry loop',
  measures: {
    disabledAfter: time('disabled: DOWN after', oneProbeMs),
    deniedAfter: time('PING denied: DOWN after', oneProbeMs),
    switches: atMost(0, 'switches beyond the one of each'),
    connects: atMost(15, `connects within ${watchMs / 1000} s of both endpoints`),
  },
  seconds: 8,
  async run(run) {
    const aclUsers = [`${user} on >${password} ~* &* +@all`]
    const pairs = await Promise.all([run.pair({ aclUsers }), run.pair({ aclUsers })])
    const proxies = await Promise.all(pairs.map(({ east }) => run.proxy(east)))
    const sessions = await Promise.all(
      pairs.map(({ west }, index) => {
        const { host, port } = proxies[index]!
        const as = { username: user, password }
        return run.connect({ east: { host, port, ...as }, west: { host: west.host, port: west.port, ...as } })
      }),
    )
    const [disabled, denied] = sessions as [Session, Session]
    await sleep(run.share * 1000)
    const downs = sessions.map(downOf)
    const accepted = proxies.map((proxy) => proxy.acceptedCount)
    const at = performance.now()
    await pairs[0].east.command('ACL', 'SETUSER', user, 'off')
    await pairs[0].east.command('CLIENT', 'KILL', 'USER', user)
    await pairs[1].east.command('ACL', 'SETUSER', user, '-ping')
    const [disabledAt = 0, deniedAt = 0] = await Promise.all(downs)
    await sleep(watchMs - (performance.now() - at))
    for (const session of sessions) {
      const reason = firstDown(session, at)?.reason
      run.expect(reason === 'authentication-failed', `It is DOWN because of ${reason}.`)
    }
    return {
      window: { from: at, to: Math.max(disabledAt, deniedAt) },
      values: {
        disabledAfter: disabledAt - at,
        deniedAfter: deniedAt - at,
        switches: switchesBeyondOne(disabled, at) + switchesBeyondOne(denied, at),
        connects: Math.max(...proxies.map((proxy, index) => proxy.acceptedCount - accepted[index]!)),
      },
    }
  },
})
