import { setTimeout as sleep } from 'node:timers/promises'
import type { RedisServer } from '@redis-endpoint-failover/test-infra'
import { atMost, defineRow, nothing } from '../fault-row.ts'
import type { FaultRun } from '../fault-run.ts'

const watchMs = 300_000

/** Kills and restarts the preferred server for the whole time; resolves with how often the client switched. */
async function switchesUnderFlaps(run: FaultRun, periodMs: number): Promise<number> {
  const { east, west } = await run.pair()
  const session = await run.connect({ east, west })
  const traffic = run.traffic(session, { reads: 20, incrs: 5 })
  const at = performance.now()
  while (performance.now() - at < watchMs) await flap(east, periodMs)
  await traffic.stop()
  const switches = session.switchesSince(at).length
  run.expect(switches > 0, `With a period of ${periodMs} ms the dead server was never left.`)
  return switches
}

async function flap(server: RedisServer, periodMs: number): Promise<void> {
  const startedAt = performance.now()
  await server.kill()
  await sleep(periodMs / 2)
  await server.restart()
  // The time that the start takes is part of the second half.
  await sleep(Math.max(0, startedAt + periodMs - performance.now()))
}

export const hardFlap = defineRow({
  row: 50,
  title: 'Hard flap',
  inject: `kill -9 and a restart of the preferred server, again and again for ${watchMs / 60_000} minutes, with periods of 2, 10, 30, 60 and 120 s side by side (whole hours: virtual, in the tests)`,
  expected: 'one failover, and moves back that become ever rarer',
  measures: {
    every2s: atMost(2, 'switches, period 2 s'),
    every10s: atMost(2, 'switches, period 10 s'),
    every30s: atMost(4, 'switches, period 30 s'),
    every60s: atMost(6, 'switches, period 60 s'),
    every120s: atMost(8, 'switches, period 120 s'),
  },
  seconds: watchMs / 1000 + 6,
  async run(run) {
    const switches = await Promise.all([2, 10, 30, 60, 120].map((seconds) => switchesUnderFlaps(run, seconds * 1000)))
    const [every2s = 0, every10s = 0, every30s = 0, every60s = 0, every120s = 0] = switches
    return { window: nothing, values: { every2s, every10s, every30s, every60s, every120s } }
  },
})
