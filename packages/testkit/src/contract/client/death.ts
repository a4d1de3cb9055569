import { setTimeout as sleep } from 'node:timers/promises'
import { AmbiguousResultError } from '@redis-endpoint-failover/core'
import { eventually } from '@redis-endpoint-failover/test-infra'
import { describe, expect, it } from 'vitest'
import { countExecutions, findExecutionFaults } from '../../load/count-executions.ts'
import { ambiguous, longestLatencyMs, succeeded } from '../../load/load-report.ts'
import { quiet, rejectionOf } from '../settling.ts'
import { type ClientBench, SLACK_MS } from './client-bench.ts'
import { loseActiveUnderLoad } from './under-load.ts'

const NO_FAULTS = { repeated: [], lost: [], denied: [] }

/** One round trip; the bound is the one that the documentation states for loopback. */
const DEATH_BOUND_MS = 100

export function describeDeath(bench: ClientBench): void {
  describe('when the active endpoint is killed under load', () => {
    it('no read fails, no INCR is executed twice or lost, and only those in flight are uncertain', async () => {
      const stage = await bench.stage()
      const { east, west, servers } = stage
      const { report, faultAt: killedAt, failoverAt } = await loseActiveUnderLoad(stage, () => east.kill(), 1000)
      for (const { settledAt = 0 } of ambiguous(report.incrs)) expect(settledAt).toBeGreaterThanOrEqual(killedAt)
      bench.measurements.add('kill -9: detection', failoverAt - killedAt, DEATH_BOUND_MS)
      bench.measurements.add('kill -9: longest read', longestLatencyMs(report.reads), DEATH_BOUND_MS)
      expect(failoverAt - killedAt).toBeLessThan(DEATH_BOUND_MS + SLACK_MS)
      expect(longestLatencyMs(report.reads)).toBeLessThan(DEATH_BOUND_MS + SLACK_MS)

      await east.restart()
      expect(await findExecutionFaults(servers, report)).toEqual(NO_FAULTS)
      const acknowledged = succeeded(report.incrs)
      const before = acknowledged.flatMap(({ id, settledAt = 0 }) => (settledAt < killedAt ? [id] : []))
      const after = acknowledged.flatMap(({ id, sentAt }) => (sentAt > failoverAt ? [id] : []))
      expect((await countExecutions([east], before)).filter(({ total }) => total !== 1)).toEqual([])
      expect((await countExecutions([west], after)).filter(({ total }) => total !== 1)).toEqual([])
      expect(Math.min(before.length, after.length)).toBeGreaterThan(10)
    })

    it('a write in flight rejects with an error that says so, with its cause; a read is repeated', async () => {
      const { east, west, get, incr } = await bench.stage()
      await west.command('SET', 'key', 'in-west')
      await east.pause()
      const write = quiet(incr('counter'))
      const read = quiet(get('key'))
      await sleep(20)
      await east.kill()
      const error = await rejectionOf(write)
      expect(AmbiguousResultError.isInstance(error)).toBe(true)
      expect(error).toMatchObject({
        code: 'AMBIGUOUS_RESULT',
        maybeExecuted: true,
        endpointId: 'east',
        command: expect.stringMatching(/^incr$/i),
        cause: expect.any(Error),
      })
      expect(await read).toBe('in-west')
      expect(await west.command('EXISTS', 'counter')).toBe(0)
    })

    it('it is taken into service again when it is back, without being used before its grace is over', async () => {
      const { group, east, events, incr } = await bench.stage()
      await east.kill()
      await eventually(() => group.active === 'west')
      await east.restart()
      await eventually(() => group.snapshot().endpoints.find(({ id }) => id === 'east')?.state === 'up')
      expect(await incr('counter')).toBe(1)
      expect([group.active, events.switches.length]).toEqual(['west', 1])
    })
  })
}
