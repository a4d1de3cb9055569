import { setTimeout as sleep } from 'node:timers/promises'
import { setGet } from '@redis-endpoint-failover/core'
import { failed } from '@redis-endpoint-failover/testkit/load'
import { oneProbeMs } from '../detection.ts'
import { atMost, defineRow, time } from '../fault-row.ts'
import { switchesBeyondOne } from '../what-followed.ts'

const watchMs = 2500

export const fullServer = defineRow({
  row: 18,
  title: 'Full server',
  inject:
    'CONFIG SET maxmemory 1 (noeviction) on the active server of a client with the default check and 200 reads and 50 INCRs a second, and of an idle one with setGet()',
  expected: 'default check: OOM reaches the caller, reads go on; setGet(): writable=false and a failover',
  measures: {
    switchedAfter: time('setGet(): switched after', oneProbeMs),
    switches: atMost(0, 'setGet(): switches beyond the one'),
    failedReads: atMost(0, 'default check: reads failed'),
    pingSwitches: atMost(0, 'default check: switches'),
    otherErrors: atMost(0, 'default check: INCRs that failed with another error than OOM'),
  },
  seconds: 4,
  inTests: true,
  async run(run) {
    const { east, west } = await run.pair()
    const [pinging, writing] = await Promise.all([
      run.connect({ east, west }),
      run.connect({ east, west }, { health: { check: setGet() } }),
    ])
    const traffic = run.traffic(pinging)
    await sleep(100 + run.share * 1000)
    const failover = writing.momentOf('failover', 5000)
    const at = performance.now()
    await east.command('CONFIG', 'SET', 'maxmemory', '1')
    run.undo(() => east.command('CONFIG', 'SET', 'maxmemory', '0'))
    const switchedAt = await failover
    await sleep(watchMs - (performance.now() - at))
    const switches = switchesBeyondOne(writing, at)
    const { writable, reason } = writing.endpoint('east')
    run.expect(!writable, `With setGet() it is writable, and its reason is ${reason}.`)
    const [event] = writing.eventsSince('failover', at)
    run.expect(event?.reason === 'not-writable', `With setGet() it was left because of ${event?.reason}.`)
    const { reads, incrs } = await traffic.stop()
    const refused = failed(incrs)
    run.expect(refused.length > 0, 'No INCR was refused.')
    return {
      window: { from: at, to: switchedAt },
      values: {
        switchedAfter: switchedAt - at,
        switches,
        failedReads: failed(reads).length,
        pingSwitches: pinging.switchesSince(at).length,
        otherErrors: refused.filter(({ error }) => !String(error).includes('OOM')).length,
      },
    }
  },
})
