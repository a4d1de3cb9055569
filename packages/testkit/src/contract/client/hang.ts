import { setTimeout as sleep } from 'node:timers/promises'
import { AmbiguousResultError, presets } from '@redis-endpoint-failover/core'
import { eventually } from '@redis-endpoint-failover/test-infra'
import { describe, expect, it } from 'vitest'
import { findExecutionFaults } from '../../load/count-executions.ts'
import { failed, longestLatencyMs, unsettled } from '../../load/load-report.ts'
import { quiet, settledWithin } from '../settling.ts'
import { type ClientBench, SLACK_MS } from './client-bench.ts'
import { loseActiveUnderLoad } from './under-load.ts'

const { suspicion, timeout, fall, reprobe, interval } = presets.fast.health
/** The documented worst cases, with and without traffic, plus the connect that confirms nothing on a hung server. */
const BUSY_BOUND_MS = suspicion + (fall - 1) * timeout + (fall - 2) * 1.1 * reprobe
const IDLE_BOUND_MS = 1.1 * interval + fall * timeout + (fall - 1) * 1.1 * reprobe

export function describeHang(bench: ClientBench): void {
  describe('when the active endpoint hangs', () => {
    it('under load: no read fails, no INCR is executed twice or lost, also after it woke up', async () => {
      const stage = await bench.stage()
      const { east, servers } = stage
      const { report, faultAt: hungAt, failoverAt } = await loseActiveUnderLoad(stage, () => east.pause(), 1200)
      bench.measurements.add('hang under load: detection', failoverAt - hungAt, BUSY_BOUND_MS)
      bench.measurements.add('hang under load: longest read', longestLatencyMs(report.reads), BUSY_BOUND_MS)
      expect(failoverAt - hungAt).toBeLessThan(BUSY_BOUND_MS + SLACK_MS)
      expect(longestLatencyMs([...report.reads, ...report.incrs])).toBeLessThan(BUSY_BOUND_MS + SLACK_MS)

      await east.resume()
      expect(await findExecutionFaults(servers, report)).toEqual({ repeated: [], lost: [], denied: [] })
    })

    it('without load: it is left within the documented time', async () => {
      const { group, east, events } = await bench.stage()
      const { at: hungAt } = await east.pause()
      await eventually(() => group.active === 'west', { timeout: IDLE_BOUND_MS + SLACK_MS })
      bench.measurements.add('hang without load: detection', events.firstAt('failover') - hungAt, IDLE_BOUND_MS)
      expect(events.switches).toEqual(['failover east>west (down)'])
    })

    it('every command in flight settles, by its class', async () => {
      const { east, west, get, incr } = await bench.stage()
      await west.command('SET', 'key', 'in-west')
      await east.pause()
      const writes = Array.from({ length: 50 }, (_, i) => quiet(incr(`counter:${i}`)))
      const reads = Array.from({ length: 50 }, () => quiet(get('key')))
      const all = await settledWithin(Promise.allSettled([...writes, ...reads]), BUSY_BOUND_MS + SLACK_MS)
      expect(all.state).toBe('resolved')
      for (const write of writes) await expect(write).rejects.toSatisfy(AmbiguousResultError.isInstance)
      expect(new Set(await Promise.all(reads))).toEqual(new Set(['in-west']))
    })

    it('for 300 ms only, with the default settings: nothing is switched and nothing fails', async () => {
      const { group, east, events, startLoad } = await bench.stage({ groupOptions: { preset: 'default' } })
      const load = startLoad()
      await sleep(200)
      await east.pause()
      await sleep(300)
      await east.resume()
      await sleep(400)
      const report = await load.stop()
      expect([group.active, events.switches]).toEqual(['east', []])
      expect(failed([...report.reads, ...report.incrs])).toEqual([])
      expect(unsettled([...report.reads, ...report.incrs])).toEqual([])
    })
  })
}
