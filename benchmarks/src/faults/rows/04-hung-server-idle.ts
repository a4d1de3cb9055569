import { setTimeout as sleep } from 'node:timers/promises'
import { presets } from '@redis-endpoint-failover/core'
import { detection } from '../detection.ts'
import { atMost, defineRow, time } from '../fault-row.ts'

export const hungServerIdle = defineRow({
  row: 4,
  title: 'Hung server, idle',
  inject: 'SIGSTOP of the active server, no commands',
  expected: 'DOWN because probes or their connections time out, one failover',
  measures: {
    switchedAfter: time('switched after', detection.idle),
    switches: atMost(0, 'switches beyond the one'),
  },
  seconds: 4,
  async run(run) {
    const { east, west } = await run.pair()
    const session = await run.connect({ east, west })
    await sleep(run.share * presets.default.health.interval)
    const failover = session.momentOf('failover', 10_000)
    const { at } = await east.pause()
    const switchedAt = await failover
    await sleep(200)
    const down = session.eventsSince('health-changed', at).find(({ to }) => to === 'down')
    run.expect(
      down?.endpointId === 'east' && ['probe-timeout', 'connect-timeout'].includes(down.reason),
      `${down?.endpointId} is DOWN: ${down?.reason}.`,
    )
    return {
      window: { from: at, to: switchedAt },
      values: { switchedAfter: switchedAt - at, switches: Math.abs(session.switchesSince(at).length - 1) },
    }
  },
})
