import { setTimeout as sleep } from 'node:timers/promises'
import { blockEventLoop } from '@redis-endpoint-failover/test-infra'
import { atMost, defineRow, nothing } from '../fault-row.ts'
import { nothingMayFollow, suspicionsSince, whatFollowed } from '../what-followed.ts'

const blocksMs = [300, 1000, 3000]
const afterwardsMs = 400

export const blockedLoop = defineRow({
  row: 46,
  title: 'Our own loop blocked',
  inject: 'a busy loop of 0.3 s, 1 s and 3 s in our own process under 200 reads and 50 INCRs a second',
  expected: 'no verdict about the endpoints: not even suspect',
  measures: {
    ...nothingMayFollow,
    suspected: atMost(0, 'endpoints called suspect'),
  },
  seconds: 6.5,
  runs: 20,
  alone: true,
  stallsOnPurpose: true,
  async run(run) {
    const { east, west } = await run.pair()
    const session = await run.connect({ east, west })
    const traffic = run.traffic(session)
    const at = performance.now()
    for (const blockMs of blocksMs) {
      await sleep(30 + run.share * 200)
      blockEventLoop(blockMs)
      await sleep(afterwardsMs)
    }
    const report = await traffic.stop()
    return {
      window: nothing,
      values: {
        ...whatFollowed(session, at, report),
        suspected: suspicionsSince(session, at),
      },
    }
  },
})
