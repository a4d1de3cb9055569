import { StartFailedError } from '@redis-endpoint-failover/core'
import { atMost, defineRow, time } from '../fault-row.ts'

const startMs = 3000
/** A timer never fires early: what it may be late by. */
const timerMs = 50

export const muteServer = defineRow({
  row: 37,
  title: 'Accepts, never answers',
  inject: 'both endpoints accept connections and say nothing from the beginning',
  expected: `never up; start() rejects with StartFailedError after start.timeout (${startMs} ms)`,
  measures: {
    rejectedAfter: time('start() rejected after', startMs + timerMs),
    ups: atMost(0, 'endpoints called up'),
    connects: atMost(5, 'connects per endpoint and second'),
  },
  seconds: startMs / 1000 + 0.5,
  async run(run) {
    const [east, west] = await Promise.all([run.unaskedServer('east'), run.unaskedServer('west')])
    const proxies = await Promise.all([run.proxy(east), run.proxy(west)])
    for (const proxy of proxies) await proxy.setFaults({ mute: true })
    const [eastProxy, westProxy] = proxies
    const session = run.session({ east: eastProxy, west: westProxy }, { start: { timeout: startMs } })
    const from = performance.now()
    const error: unknown = await session.connectOnly().then(
      () => undefined,
      (reason: unknown) => reason,
    )
    const rejectedAt = performance.now()
    run.expect(error instanceof StartFailedError, `start() ended with ${String(error)}.`)
    const ups = session.eventsSince('health-changed', from).filter(({ to }) => to === 'up').length
    return {
      window: { from, to: rejectedAt },
      values: {
        rejectedAfter: rejectedAt - from,
        ups,
        connects: Math.max(...proxies.map(({ acceptedCount }) => acceptedCount)) / (startMs / 1000),
      },
    }
  },
})
