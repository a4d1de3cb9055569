import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { failed } from '@redis-endpoint-failover/testkit/load'
import { deathMs } from '../detection.ts'
import { atMost, defineRow, time } from '../fault-row.ts'
import { switchesBeyondOne } from '../what-followed.ts'

const watchMs = 6000

export const portReused = defineRow({
  row: 67,
  title: 'Port reused by another service',
  inject: `kill -9 of the active server, and an HTTP server on its port at once, for ${watchMs / 1000} s; 200 reads and 50 INCRs a second`,
  expected: 'one failover; what answers there is no Redis, so it stays DOWN',
  measures: {
    switchedAfter: time('switched after', deathMs),
    ups: atMost(0, 'times called up'),
    failedReads: atMost(0, 'reads failed'),
    switches: atMost(0, 'switches beyond the one'),
  },
  seconds: watchMs / 1000 + 1.5,
  async run(run) {
    const { east, west } = await run.pair()
    const session = await run.connect({ east, west })
    const traffic = run.traffic(session)
    await sleep(100 + run.share * 500)
    let asked = 0
    const other = createServer()
    other.on('connection', () => asked++)
    run.undo(async () => {
      other.closeAllConnections()
      await new Promise((resolve) => other.close(resolve))
    })
    const failover = session.momentOf('failover', 5000)
    const { at } = await east.kill()
    await new Promise<void>((resolve) => other.listen(east.port, east.host, resolve))
    const switchedAt = await failover
    await sleep(watchMs - (performance.now() - at))
    const { reads } = await traffic.stop()
    const changes = session.eventsSince('health-changed', at)
    const { state } = session.endpoint('east')
    run.expect(state === 'down', `It is ${state}.`)
    run.expect(asked > 0, 'Nobody looked at what is there now.')
    return {
      window: { from: at, to: switchedAt },
      values: {
        switchedAfter: switchedAt - at,
        ups: changes.filter(({ endpointId, to }) => endpointId === 'east' && to === 'up').length,
        failedReads: failed(reads).length,
        switches: switchesBeyondOne(session, at),
      },
    }
  },
})
