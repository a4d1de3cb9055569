import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { ambiguous, failed, type LoadReport, unsettled } from '../../load/load-report.ts'
import type { Stage } from './client-bench.ts'

export interface LostUnderLoad {
  readonly report: LoadReport
  /** When the fault began, and when the group said that it had moved. */
  readonly faultAt: number
  readonly failoverAt: number
}

/**
 * Does something to `east`, the active endpoint, under load, and waits `afterMs`. Expects what every loss has in common: one
 * failover, no failed read, everything settled, and no uncertain write but those in flight.
 */
export async function loseActiveUnderLoad(
  { group, events, startLoad }: Stage,
  fault: () => Promise<{ readonly at: number }>,
  afterMs: number,
): Promise<LostUnderLoad> {
  const load = startLoad()
  await sleep(400)
  const { at: faultAt } = await fault()
  await sleep(afterMs)
  const report = await load.stop()
  const failoverAt = events.firstAt('failover')
  expect(group.active).toBe('west')
  expect(events.switches).toEqual(['failover east>west (down)'])
  expect(failed(report.reads).map(({ error }) => error)).toEqual([])
  expect(unsettled([...report.reads, ...report.incrs])).toEqual([])
  expect(failed(report.incrs)).toEqual(ambiguous(report.incrs))
  for (const { sentAt } of ambiguous(report.incrs)) expect(sentAt).toBeLessThanOrEqual(failoverAt)
  return { report, faultAt, failoverAt }
}
