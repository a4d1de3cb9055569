import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '@redis-endpoint-failover/test-infra'
import { failed, succeeded } from '@redis-endpoint-failover/testkit/load'
import { atMost, defineRow, never, time } from '../fault-row.ts'

export const clientKill = defineRow({
  row: 13,
  title: 'CLIENT KILL',
  inject: 'CLIENT KILL TYPE normal on the active server under 200 reads and 50 INCRs a second',
  expected: 'new connections to the same endpoint, monitor and standby included',
  measures: {
    healthyAfter: time('all connections back and commands answered after', 250),
    switches: atMost(0, 'switches'),
    failedReads: atMost(0, 'reads failed'),
  },
  seconds: 2,
  async run(run) {
    const { east, west } = await run.pair()
    const session = await run.connect({ east, west })
    const traffic = run.traffic(session)
    await sleep(200 + run.share * 300)
    const at = performance.now()
    await east.command('CLIENT', 'KILL', 'TYPE', 'normal')
    const isHealthy = (): boolean => {
      const opened = session.eventsSince('connection-opened', at).filter(({ endpointId }) => endpointId === 'east')
      const read = traffic.report().reads.findLast(({ settledAt }) => settledAt !== undefined)
      const { state, strikes } = session.endpoint('east')
      const isAnswered = read !== undefined && read.sentAt > at && succeeded([read]).length === 1
      const isWatched = opened.some(({ purpose }) => purpose === 'monitor')
      return isAnswered && isWatched && opened.length >= 3 && state === 'up' && strikes === 0
    }
    const healthyAt = await eventually(isHealthy, { interval: 5, timeout: 3000 }).then(
      () => performance.now(),
      () => never,
    )
    await sleep(300)
    const { reads } = await traffic.stop()
    return {
      window: { from: at, to: healthyAt },
      values: {
        healthyAfter: healthyAt - at,
        switches: session.switchesSince(at).length,
        failedReads: failed(reads).length,
      },
    }
  },
})
