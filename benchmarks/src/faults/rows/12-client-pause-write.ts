import { setTimeout as sleep } from 'node:timers/promises'
import { setGet } from '@redis-endpoint-failover/core'
import { failed } from '@redis-endpoint-failover/testkit/load'
import { detection } from '../detection.ts'
import { atMost, defineRow, time } from '../fault-row.ts'
import { downsSince, switchesBeyondOne } from '../what-followed.ts'

const pauseMs = 5000

export const clientPauseWrite = defineRow({
  row: 12,
  title: 'CLIENT PAUSE WRITE',
  inject: `CLIENT PAUSE ${pauseMs} WRITE on the active server of a client with the default check and 200 reads a second, and of one with setGet()`,
  expected: 'PING does not see it: the first stays; setGet() does: the second fails over',
  measures: {
    pingSwitches: atMost(0, 'default check: switches'),
    pingDowns: atMost(0, 'default check: endpoints called DOWN'),
    failedReads: atMost(0, 'default check: reads failed'),
    switchedAfter: time('setGet(): switched after', detection.idle),
    switches: atMost(0, 'setGet(): switches beyond the one'),
  },
  seconds: 6,
  async run(run) {
    const { east, west } = await run.pair()
    const [reading, writing] = await Promise.all([
      run.connect({ east, west }),
      run.connect({ east, west }, { health: { check: setGet() } }),
    ])
    const traffic = run.traffic(reading, { incrs: 0 })
    await sleep(100 + run.share * 1000)
    const failover = writing.momentOf('failover', 8000)
    const at = performance.now()
    await east.command('CLIENT', 'PAUSE', pauseMs, 'WRITE')
    run.undo(() => east.command('CLIENT', 'UNPAUSE'))
    const switchedAt = await failover
    await sleep(pauseMs - 200 - (performance.now() - at))
    const values = {
      pingSwitches: reading.switchesSince(at).length,
      pingDowns: downsSince(reading, at),
      failedReads: failed((await traffic.stop()).reads).length,
      switchedAfter: switchedAt - at,
      switches: switchesBeyondOne(writing, at),
    }
    return { window: { from: at, to: switchedAt }, values }
  },
})
