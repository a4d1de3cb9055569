import { setTimeout as sleep } from 'node:timers/promises'
import { deathMs } from '../detection.ts'
import { atMost, defineRow, time } from '../fault-row.ts'
import { switchesBeyondOne } from '../what-followed.ts'

export const gracefulShutdown = defineRow({
  row: 3,
  title: 'Graceful shutdown',
  inject: 'SHUTDOWN NOSAVE on the active server, no commands',
  expected: 'one failover, reason down',
  measures: {
    switchedAfter: time('switched after', deathMs),
    switches: atMost(0, 'switches beyond the one'),
  },
  seconds: 1,
  inTests: true,
  async run(run) {
    const { east, west } = await run.pair()
    const session = await run.connect({ east, west })
    await using control = await east.connect()
    await sleep(run.share * 300)
    const failover = session.momentOf('failover', 5000)
    const at = performance.now()
    control.command('SHUTDOWN', 'NOSAVE').catch(() => undefined)
    const switchedAt = await failover
    await east.exited
    await sleep(300)
    const [event] = session.eventsSince('failover', at)
    run.expect(event?.reason === 'down' && event.to === 'west', `The failover said ${event?.reason}, to ${event?.to}.`)
    return {
      window: { from: at, to: switchedAt },
      values: { switchedAfter: switchedAt - at, switches: switchesBeyondOne(session, at) },
    }
  },
})
