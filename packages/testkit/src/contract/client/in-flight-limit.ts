import { CommandTimeoutError, WaitingQueueFullError } from '@redis-endpoint-failover/core'
import { describe, expect, it } from 'vitest'
import { quiet } from '../settling.ts'
import type { ClientBench } from './client-bench.ts'

export function describeInFlightLimit(bench: ClientBench): void {
  describe('with maxInFlight', () => {
    it('a hung server has no more than that, what waits obeys its deadline, and what is too much is refused', async () => {
      const { east, group, incr, get } = await bench.stage({
        groupOptions: { preset: 'default', maxInFlight: 10, maxWaiting: 20, commandTimeout: 100 },
      })
      await get('warm')
      await east.pause()
      const sent = Array.from({ length: 35 }, () => quiet(incr('n')))
      expect(group.snapshot().waiting).toBe(20)
      const ends = await Promise.allSettled(sent)
      const errors = ends.map((end) => (end.status === 'rejected' ? (end.reason as unknown) : undefined))
      for (const error of errors.slice(0, 30)) expect(error).toSatisfy(CommandTimeoutError.isInstance)
      for (const error of errors.slice(30)) expect(error).toSatisfy(WaitingQueueFullError.isInstance)
      expect(errors.slice(0, 30).map((error) => (error as CommandTimeoutError).maybeExecuted)).toEqual(
        errors.slice(0, 30).map((_, index) => index < 10),
      )
      await east.resume()
      await expect.poll(() => get('n').catch(() => undefined)).toBe('10')
    })

    it('everything is executed in its order', async () => {
      const { group, incr } = await bench.stage({ groupOptions: { maxInFlight: 7 } })
      const sent = Array.from({ length: 2000 }, () => incr('n'))
      expect(group.snapshot().waiting).toBe(1993)
      expect(await Promise.all(sent)).toEqual(sent.map((_, index) => index + 1))
      expect(group.snapshot().waiting).toBe(0)
    })
  })
}
