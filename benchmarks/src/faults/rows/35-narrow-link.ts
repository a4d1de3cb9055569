import { setTimeout as sleep } from 'node:timers/promises'
import { CommandTimeoutError } from '@redis-endpoint-failover/core'
import { atMost, defineRow, never, time } from '../fault-row.ts'
import { downsSince } from '../what-followed.ts'

const deadlineMs = 1000
/** A timer never fires early: what it may be late by. */
const timerMs = 50

export const narrowLink = defineRow({
  row: 35,
  title: 'Bandwidth of 1 KB/s',
  inject: `replies of the active server at 1 KB/s; GET of 6 KB with a deadline of ${deadlineMs} ms, and without any`,
  expected: 'CommandTimeoutError at the deadline, the whole value without one; probes are answered in time: up',
  measures: {
    endedAfter: time('with a deadline it ended after', deadlineMs + timerMs),
    wholeAfter: time('without one it was answered after', 7500),
    switches: atMost(0, 'switches'),
    downs: atMost(0, 'endpoints called DOWN'),
  },
  seconds: 8,
  async run(run) {
    const { east, west } = await run.pair()
    const proxy = await run.proxy(east)
    const bounded = await run.connect({ east: proxy, west }, { commandTimeout: deadlineMs })
    const patient = await run.connect({ east: proxy, west })
    const value = 'x'.repeat(6000)
    await patient.client.set('large', value)
    await sleep(run.share * 1000)
    await proxy.setFaults({ bandwidth: 1000 })
    const at = performance.now()
    const whole = patient.client.get('large').then((reply) => (reply === value ? performance.now() - at : never))
    const error: unknown = await bounded.client.get('large').then(
      () => undefined,
      (reason: unknown) => reason,
    )
    const endedAt = performance.now()
    run.expect(error instanceof CommandTimeoutError, `It ended with ${String(error)}.`)
    const wholeAfter = await whole.catch((reason: unknown) => {
      run.expect(false, `Without a deadline it ended with ${String(reason)}.`)
      return never
    })
    return {
      window: { from: at, to: endedAt },
      values: {
        endedAfter: endedAt - at,
        wholeAfter,
        switches: bounded.switchesSince(at).length + patient.switchesSince(at).length,
        downs: downsSince(bounded, at) + downsSince(patient, at),
      },
    }
  },
})
