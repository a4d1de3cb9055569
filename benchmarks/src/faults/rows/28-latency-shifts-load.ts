import { setTimeout as sleep } from 'node:timers/promises'
import { weightedByLatency } from '@redis-endpoint-failover/core'
import { atMost, defineRow, never, shown, time } from '../fault-row.ts'
import { downsSince } from '../what-followed.ts'

const latencyMs = 100
const everyMs = 5
/** The share is that of the reads issued in so many milliseconds. */
const windowMs = 500

export const latencyShiftsLoad = defineRow({
  row: 28,
  title: 'Latency of one endpoint',
  inject: `${latencyMs} ms more on one of two endpoints, weightedByLatency(), 200 reads a second`,
  expected: 'it gets less of the reads, and is not DOWN',
  measures: {
    shiftedAfter: time('its share fallen by a third after', 5000),
    shareBefore: shown('its share before'),
    shareAfter: shown('its share afterwards'),
    downs: atMost(0, 'endpoints called DOWN'),
    failedReads: atMost(0, 'reads failed'),
  },
  seconds: 12,
  async run(run) {
    const { east, west } = await run.pair()
    const [eastProxy, westProxy] = await Promise.all([run.proxy(east), run.proxy(west)])
    for (const server of [east, west]) await server.command('SET', 'who', server.name)
    const session = await run.connect({ east: eastProxy, west: westProxy }, { selection: weightedByLatency() })
    const answers: { sentAt: number; who: string | null }[] = []
    let failedReads = 0
    const read = (): void => {
      const sentAt = performance.now()
      void session.client.get('who').then(
        (who) => answers.push({ sentAt, who }),
        () => failedReads++,
      )
    }
    const timer = setInterval(read, everyMs)
    run.undo(() => clearInterval(timer))
    const shareOfEast = (from: number, to: number): number => {
      const some = answers.filter(({ sentAt }) => sentAt >= from && sentAt < to)
      return some.length === 0 ? Number.NaN : some.filter(({ who }) => who === 'east').length / some.length
    }
    await sleep(3000)
    const at = performance.now()
    const shareBefore = shareOfEast(at - 2000, at)
    await eastProxy.setFaults({ latency: latencyMs })
    let shiftedAt = never
    while (shiftedAt === never && performance.now() - at < 7000) {
      await sleep(20)
      // Those still on their way would be missing among the slow ones.
      const to = performance.now() - 2 * latencyMs
      if (to - windowMs > at && shareOfEast(to - windowMs, to) <= (shareBefore * 2) / 3) shiftedAt = to
    }
    await sleep(1500)
    const to = performance.now() - 2 * latencyMs
    const shareAfter = shareOfEast(to - 1000, to)
    clearInterval(timer)
    await sleep(3 * latencyMs)
    return {
      window: { from: at, to: Math.min(shiftedAt, to) },
      values: { shiftedAfter: shiftedAt - at, shareBefore, shareAfter, downs: downsSince(session, at), failedReads },
    }
  },
})
