import { setTimeout as sleep } from 'node:timers/promises'
import { deathMs } from '../detection.ts'
import { atMost, defineRow, time } from '../fault-row.ts'

export const processDeathIdle = defineRow({
  row: 1,
  title: 'Process death, idle',
  inject: 'kill -9 of the active server, no commands',
  expected: 'one failover, reason down',
  measures: {
    switchedAfter: time('switched after', deathMs),
    switches: atMost(0, 'switches beyond the one'),
  },
  seconds: 1,
  async run(run) {
    const { east, west } = await run.pair()
    const session = await run.connect({ east, west })
    await sleep(run.share * 300)
    const failover = session.momentOf('failover', 5000)
    const { at } = await east.kill()
    const switchedAt = await failover
    await sleep(300)
    const [event] = session.eventsSince('failover', at)
    run.expect(event?.reason === 'down' && event.to === 'west', `The failover said ${event?.reason}, to ${event?.to}.`)
    run.expect(session.endpoint('east').state === 'down', `The dead endpoint is ${session.endpoint('east').state}.`)
    return {
      window: { from: at, to: switchedAt },
      values: { switchedAfter: switchedAt - at, switches: Math.abs(session.switchesSince(at).length - 1) },
    }
  },
})
