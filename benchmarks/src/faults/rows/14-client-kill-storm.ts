import { setTimeout as sleep } from 'node:timers/promises'
import { failed } from '@redis-endpoint-failover/testkit/load'
import type { Session } from '../../scenario/session.ts'
import { atMost, defineRow, nothing, shown } from '../fault-row.ts'

const stormMs = 30_000
const everyMs = 100

export const clientKillStorm = defineRow({
  row: 14,
  title: 'CLIENT KILL storm',
  inject: `CLIENT KILL TYPE normal every ${everyMs} ms for ${stormMs / 1000} s under 200 reads and 50 INCRs a second`,
  expected: 'new connections, no storm of them',
  measures: {
    switches: atMost(1, 'switches'),
    atOnce: atMost(2, 'connects to one endpoint at once'),
    connects: shown('connections opened per kill'),
    failedReads: shown('reads failed'),
  },
  seconds: 33,
  async run(run) {
    const { east, west } = await run.pair()
    const session = await run.connect({ east, west })
    const traffic = run.traffic(session)
    await sleep(200)
    await using control = await east.connect()
    const at = performance.now()
    let kills = 0
    while (performance.now() - at < stormMs) {
      // The first look before it kills: what is active is what is hit.
      await control.command('CLIENT', 'KILL', 'TYPE', 'normal')
      kills++
      await sleep(Math.max(0, at + kills * everyMs - performance.now()))
    }
    const { reads } = await traffic.stop()
    return {
      window: nothing,
      values: {
        switches: session.switchesSince(at).length,
        atOnce: mostAtOnce(session, at),
        connects:
          session.eventsSince('connection-opened', at).filter(({ endpointId }) => endpointId === 'east').length / kills,
        failedReads: failed(reads).length,
      },
    }
  },
})

/** How many connections to the stormy endpoint were being made at the same time, at the most. */
function mostAtOnce(session: Session, from: number): number {
  const opened = session.eventsSince('connection-opened', from).filter(({ endpointId }) => endpointId === 'east')
  // Ends before beginnings of the same moment: one that follows another is not beside it.
  const moments = opened
    .flatMap(({ at, connectMs }) => [
      { at: at - connectMs, change: 1 },
      { at, change: -1 },
    ])
    .sort((a, b) => a.at - b.at || a.change - b.change)
  let now = 0
  let most = 0
  for (const { change } of moments) {
    now += change
    most = Math.max(most, now)
  }
  return most
}
