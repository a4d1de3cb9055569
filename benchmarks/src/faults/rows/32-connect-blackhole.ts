import { setTimeout as sleep } from 'node:timers/promises'
import { presets } from '@redis-endpoint-failover/core'
import { fillBacklog } from '@redis-endpoint-failover/test-infra'
import { failed } from '@redis-endpoint-failover/testkit/load'
import { detection } from '../detection.ts'
import { atMost, defineRow, time } from '../fault-row.ts'
import { firstDown, switchesBeyondOne } from '../what-followed.ts'

const { connectTimeout, timeout } = presets.default.health
/** A timer never fires early: what it may be late by, and what making the client and telling of the failure take. */
const timerMs = 50

export const connectBlackhole = defineRow({
  row: 32,
  title: 'Connect blackhole',
  inject:
    'SIGSTOP of the preferred server (tcp-backlog 1) and its queue filled: under a client with 200 reads and 50 INCRs a second; then another client starts',
  expected: 'connecting hangs and is given up; the running client fails over, the new one starts on the other endpoint',
  measures: {
    switchedAfter: time('with traffic switched after', detection.traffic),
    failedReads: atMost(0, 'reads failed'),
    startedAfter: time('new client started after', connectTimeout),
    connectGivenUpAfter: time('its connect to the dead server given up after', connectTimeout + timerMs),
    switches: atMost(0, 'switches beyond the one'),
  },
  seconds: 6,
  needs: ['linux'],
  async run(run) {
    const [east, west] = await Promise.all([run.server('east', { args: { 'tcp-backlog': 1 } }), run.server('west')])
    const session = await run.connect({ east, west })
    const traffic = run.traffic(session)
    await sleep(100 + run.share * 1000)
    const failover = session.momentOf('failover', 8000)
    const { at } = await east.pause()
    const full = await fillBacklog(east)
    run.undo(() => full[Symbol.asyncDispose]())
    const switchedAt = await failover

    const late = run.session({ east, west })
    const givenUp = late.momentOf('check-failed', 5000, ({ endpointId }) => endpointId === 'east')
    const from = performance.now()
    await late.connectOnly()
    const startedAt = performance.now()
    const givenUpAt = await givenUp
    const [failure] = late.eventsSince('check-failed', from)
    run.expect(failure?.reason === 'connect-timeout', `The connect ended with ${failure?.reason}.`)
    run.expect(late.group.active === 'west', `The new client is on ${late.group.active}.`)
    run.expect(startedAt - from < connectTimeout + timeout, 'The new client waited for the dead endpoint.')
    const { reads } = await traffic.stop()
    const switches = switchesBeyondOne(session, at)
    run.expect(firstDown(session, at) !== undefined, 'The running client did not call it DOWN.')
    return {
      window: { from: at, to: switchedAt },
      values: {
        switchedAfter: switchedAt - at,
        failedReads: failed(reads).length,
        startedAfter: startedAt - from,
        connectGivenUpAfter: givenUpAt - from,
        switches,
      },
    }
  },
})
