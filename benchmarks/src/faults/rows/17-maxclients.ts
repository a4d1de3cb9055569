import { setTimeout as sleep } from 'node:timers/promises'
import { failed } from '@redis-endpoint-failover/testkit/load'
import { connectionsByTraffic } from '../../scenario/busiest-connection.ts'
import { atMost, defineRow, time } from '../fault-row.ts'
import { downsSince } from '../what-followed.ts'

const watchMs = 5000

export const maxclients = defineRow({
  row: 17,
  title: 'Connection limit reached',
  inject:
    'CONFIG SET maxclients 1 on the active server under 200 reads and 50 INCRs a second, and its standby connection lost',
  expected: 'open connections stay and work; connections-refused; no connect loop',
  measures: {
    foundAfter: time('connections-refused after', 500),
    switches: atMost(0, 'switches'),
    downs: atMost(0, 'endpoints called DOWN'),
    failedCommands: atMost(0, 'commands failed'),
    connects: atMost(5, 'connects per second'),
  },
  seconds: 7,
  async run(run) {
    const { east, west } = await run.pair()
    const proxy = await run.proxy(east)
    const session = await run.connect({ east: proxy, west })
    const traffic = run.traffic(session)
    // Held: there would be no other one to take the limit back with.
    const control = await east.connect()
    run.undo(async () => {
      await control.command('CONFIG', 'SET', 'maxclients', '1000')
      control.close()
    })
    await sleep(run.share * 500)
    const standby = (await connectionsByTraffic(proxy)).at(-1)
    const refused = session.momentOf('connections-refused', watchMs, ({ endpointId }) => endpointId === 'east')
    const at = performance.now()
    await control.command('CONFIG', 'SET', 'maxclients', '1')
    const accepted = proxy.acceptedCount
    standby?.end()
    const refusedAt = await refused
    await sleep(watchMs - (performance.now() - at))
    const { reads, incrs } = await traffic.stop()
    const [event] = session.eventsSince('connections-refused', at)
    run.expect(
      event?.reason === 'too-many-connections' || event?.reason === 'connection-lost',
      `The reason is ${event?.reason}.`,
    )
    run.expect(!session.endpoint('east').acceptsConnections, 'The snapshot says that it accepts connections.')
    return {
      window: { from: at, to: refusedAt },
      values: {
        foundAfter: refusedAt - at,
        switches: session.switchesSince(at).length,
        downs: downsSince(session, at),
        failedCommands: failed([...reads, ...incrs]).length,
        connects: (proxy.acceptedCount - accepted) / (watchMs / 1000),
      },
    }
  },
})
