import { setTimeout as sleep } from 'node:timers/promises'
import { NoEndpointAvailableError } from '@redis-endpoint-failover/core'
import { eventually } from '@redis-endpoint-failover/test-infra'
import { describe, expect, it } from 'vitest'
import { findExecutionFaults } from '../../load/count-executions.ts'
import { ambiguous, failed, unsettled } from '../../load/load-report.ts'
import { quiet, rejectionOf } from '../settling.ts'
import { type ClientBench, SLACK_MS } from './client-bench.ts'

const REPROBE_CAP_MS = 1000

export function describeNoEndpoint(bench: ClientBench): void {
  describe('when every endpoint is down', () => {
    it('commands wait, and succeed when one is back in time', async () => {
      const { group, east, west, servers, events, startLoad } = await bench.stage()
      const load = startLoad({ readsPerSecond: 50, incrsPerSecond: 20 })
      await sleep(100)
      await Promise.all([east.kill(), west.kill()])
      await sleep(600)
      expect(events.named('all-down').length).toBeGreaterThan(0)
      expect(group.snapshot().waiting).toBeGreaterThan(0)
      const backAt = performance.now()
      await west.restart()
      await eventually(() => group.active === 'west')
      bench.measurements.add('all down: back in use', performance.now() - backAt, REPROBE_CAP_MS)
      await sleep(200)
      const report = await load.stop()
      expect(failed(report.reads).map(({ error }) => error)).toEqual([])
      expect(failed(report.incrs)).toEqual(ambiguous(report.incrs))
      expect(unsettled([...report.reads, ...report.incrs])).toEqual([])
      expect(events.named('recovered').map(({ endpointId }) => endpointId)).toEqual(['west'])
      await east.restart()
      expect(await findExecutionFaults(servers, report)).toEqual({ repeated: [], lost: [], denied: [] })
    })

    it('commands wait for selectionTimeout, and then say why no endpoint could take them', async () => {
      const { group, east, west, get } = await bench.stage({ groupOptions: { selectionTimeout: 300 } })
      await Promise.all([east.kill(), west.kill()])
      await eventually(() => group.snapshot().endpoints.every(({ state }) => state === 'down'))
      const start = performance.now()
      const error = await rejectionOf(get('key'))
      const waitedMs = performance.now() - start
      expect(NoEndpointAvailableError.isInstance(error)).toBe(true)
      expect(error).toMatchObject({ causes: { east: expect.any(String), west: expect.any(String) } })
      expect(waitedMs).toBeGreaterThan(250)
      expect(waitedMs).toBeLessThan(300 + SLACK_MS)
    })

    it('commands fail at once if they are not to wait', async () => {
      const { group, east, west, get, incr } = await bench.stage({ groupOptions: { selectionTimeout: 0 } })
      await Promise.all([east.kill(), west.kill()])
      await eventually(() => group.snapshot().endpoints.every(({ state }) => state === 'down'))
      for (const command of [quiet(get('key')), quiet(incr('key'))])
        expect(NoEndpointAvailableError.isInstance(await rejectionOf(command, SLACK_MS))).toBe(true)
    })
  })
}
