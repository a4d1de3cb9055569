import { setTimeout as sleep } from 'node:timers/promises'
import { detection } from '../detection.ts'
import { atMost, defineRow, time } from '../fault-row.ts'
import { downsSince, switchesBeyondOne } from '../what-followed.ts'

const slowMs = 700
const watchMs = 12_000
/** The longest wait for a probe of an endpoint that is DOWN, and the second one that it takes to be up. */
const recoveryMs = 5000 * 1.2 + 1000

export const latencyAboveTheTimeout = defineRow({
  row: 30,
  title: 'Latency above the time-out',
  inject: `replies of the active server ${slowMs} ms late for ${watchMs / 1000} s, no commands; then 50 ms`,
  expected: 'DOWN once, and up only when it answers in time again',
  measures: {
    switchedAfter: time('switched after', detection.idle),
    switches: atMost(0, 'switches beyond the one'),
    downs: atMost(1, 'times called DOWN'),
    ups: atMost(0, 'times called up while slow'),
    upAfter: time('up after it answers in time', recoveryMs),
  },
  seconds: 18,
  async run(run) {
    const { east, west } = await run.pair()
    const proxy = await run.proxy(east)
    const session = await run.connect({ east: proxy, west })
    await sleep(run.share * 1000)
    const failover = session.momentOf('failover', 8000)
    const at = performance.now()
    await proxy.setFaults({ latency: slowMs })
    const switchedAt = await failover
    await sleep(watchMs - (performance.now() - at))
    const isUp = ({ endpointId, to }: { endpointId: string; to: string }): boolean =>
      endpointId === 'east' && to === 'up'
    // Suspect became up between single time-outs before it was DOWN; afterwards it must not.
    const ups = session.eventsSince('health-changed', switchedAt).filter(isUp).length
    const up = session.momentOf('health-changed', 10_000, isUp)
    const fastAt = performance.now()
    await proxy.setFaults({ latency: 50 })
    const upAt = await up
    return {
      window: { from: at, to: switchedAt },
      values: {
        switchedAfter: switchedAt - at,
        switches: switchesBeyondOne(session, at),
        downs: downsSince(session, at),
        ups,
        upAfter: upAt - fastAt,
      },
    }
  },
})
