import { setTimeout as sleep } from 'node:timers/promises'
import { presets } from '@redis-endpoint-failover/core'
import type { FaultProxy, RedisServer } from '@redis-endpoint-failover/test-infra'
import { failed } from '@redis-endpoint-failover/testkit/load'
import { busiestConnection, connectionsByTraffic } from '../../scenario/busiest-connection.ts'
import type { Session } from '../../scenario/session.ts'
import { atMost, defineRow, time } from '../fault-row.ts'
import type { FaultRun } from '../fault-run.ts'
import { downsSince } from '../what-followed.ts'

const { freshProbeInterval, timeout } = presets.default.health
/** How long nobody may go in circles when everybody refuses. */
const watchMs = 5000

const changePassword = async (run: FaultRun, server: RedisServer): Promise<number> => {
  const at = performance.now()
  await server.command('CONFIG', 'SET', 'requirepass', 'changed')
  run.undo(() => server.command('CONFIG', 'SET', 'requirepass', ''))
  return at
}

const refusedBy = (session: Session, timeoutMs: number): Promise<number> =>
  session.momentOf('connections-refused', timeoutMs, ({ endpointId }) => endpointId === 'east')

/** The standby carries nothing; losing it makes the group open another one. */
async function loseStandby(proxy: FaultProxy): Promise<void> {
  const connections = await connectionsByTraffic(proxy)
  connections.at(-1)?.end()
}

export const changedPassword = defineRow({
  row: 15,
  title: 'Changed password',
  inject:
    'CONFIG SET requirepass on the active server under 200 reads and 50 INCRs a second: left alone; then losing the standby, the data connection, and the password of the other server as well',
  expected:
    'connections-refused, never DOWN while open connections answer; left when the data connection is lost; where all refuse, no cycling',
  measures: {
    foundByFreshProbe: time('left alone: found after', freshProbeInterval + timeout),
    foundByConnect: time('a new connection needed: found after', timeout),
    failedOpen: atMost(0, 'commands failed on open connections'),
    downs: atMost(0, 'endpoints called DOWN while open connections answer'),
    switchesOpen: atMost(0, 'switches while open connections answer'),
    switchesLost: atMost(0, 'switches beyond the one when the data connection is lost'),
    cycling: atMost(0, `switches within ${watchMs / 1000} s where all refuse`),
  },
  seconds: 50,
  async run(run) {
    const { east, west } = await run.pair()
    const proxy = await run.proxy(east)
    const [leftAlone, session] = await Promise.all([run.connect({ east, west }), run.connect({ east: proxy, west })])
    const traffic = run.traffic(leftAlone)
    const others = run.traffic(session)
    await sleep(200 + run.share * 2000)
    const found = refusedBy(leftAlone, freshProbeInterval * 2)
    const at = await changePassword(run, east)

    const needed = refusedBy(session, 5000)
    await loseStandby(proxy)
    const lostStandbyAt = performance.now()
    const neededAt = await needed
    const foundAt = await found
    const openUntil = performance.now()
    const values = {
      foundByFreshProbe: foundAt - at,
      foundByConnect: neededAt - lostStandbyAt,
      failedOpen: [traffic, others].flatMap((load) => {
        const { reads, incrs } = load.report()
        return failed([...reads, ...incrs])
      }).length,
      downs: downsSince(leftAlone, at) + downsSince(session, at),
      switchesOpen: leftAlone.switchesSince(at).length + session.switchesSince(at).length,
    }
    run.expect(session.endpoint('east').state === 'up', `The open one is ${session.endpoint('east').state}.`)

    const left = session.momentOf('failover', 5000)
    ;(await busiestConnection(proxy)).end()
    await left
    const [switched] = session.eventsSince('failover', openUntil)
    run.expect(switched?.reason === 'connections-refused', `It was left because of ${switched?.reason}.`)
    await sleep(500)
    const switchesLost = Math.abs(session.switchesSince(openUntil).length - 1)

    await changePassword(run, west)
    const allAt = performance.now()
    for (const server of [east, west]) await server.command('CLIENT', 'KILL', 'USER', 'default', 'SKIPME', 'yes')
    await sleep(watchMs)
    run.expect(
      session.endpoint('east').reason === 'authentication-failed' &&
        session.endpoint('west').reason === 'authentication-failed',
      `Where all refuse, the reasons are ${session.endpoint('east').reason} and ${session.endpoint('west').reason}.`,
    )
    return {
      window: { from: lostStandbyAt, to: neededAt },
      values: { ...values, switchesLost, cycling: session.switchesSince(allAt).length },
    }
  },
})
