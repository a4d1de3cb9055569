import { expect, test } from 'vitest'
import { runFailover } from '../../src/failover/run-failover.ts'

// One of the faults only, which is over at once; `pnpm bench failover` does all of them to everybody.
test('a write whose reply was lost is executed twice by ioredis alone, and never by ours', async () => {
  const request = { client: 'ioredis', fault: 'reset', outageMs: 0, share: 0 } as const
  const [alone, ours] = await Promise.all([
    runFailover({ ...request, contender: 'alone' }),
    runFailover({ ...request, contender: 'default' }),
  ])
  expect(alone.duplicates).toBeGreaterThan(0)
  expect(ours.ambiguous).toBeGreaterThan(0)
  expect(ours).toMatchObject({ failedReads: 0, duplicates: 0, lost: 0, denied: 0, unsettled: 0 })
  expect(ours.withoutServiceMs).toBeLessThan(Number.POSITIVE_INFINITY)
})
