import { setTimeout as sleep } from 'node:timers/promises'
import type { RedisServer } from '@redis-endpoint-failover/test-infra'
import { detection } from '../detection.ts'
import { atMost, defineRow, time } from '../fault-row.ts'
import type { FaultRun } from '../fault-run.ts'
import { switchesBeyondOne } from '../what-followed.ts'

/** From when on the server answers BUSY instead of nothing: `busy-reply-threshold`. */
const busyAfterMs = 5000
/** The longest wait for a probe of an endpoint that is DOWN, and the second one that it takes to be up. */
const recoveryMs = 5000 * 1.2 + 1000

async function runScript(server: RedisServer, script: string, ...args: number[]): Promise<number> {
  const control = await server.connect()
  const at = performance.now()
  control.command('EVAL', script, 0, ...args).catch(() => undefined)
  return at
}

const forSeconds = `
  local function now() local time = redis.call('TIME') return time[1] + time[2] / 1e6 end
  local start = now()
  while now() - start < tonumber(ARGV[1]) do end`

async function busyClient(run: FaultRun) {
  const { east, west } = await run.pair()
  const session = await run.connect({ east, west })
  run.traffic(session)
  await sleep(100 + run.share * 1000)
  return { east, session }
}

export const busyScript = defineRow({
  row: 26,
  title: 'Busy script',
  inject:
    'EVAL of a loop of 3 s, and elsewhere of an endless one with SCRIPT KILL after 6 s, on the active server under 200 reads and 50 INCRs a second',
  expected: 'as a hang: one failover; DOWN while it says BUSY; up again after SCRIPT KILL',
  measures: {
    shortAfter: time('3 s: switched after', detection.traffic),
    endlessAfter: time('endless: switched after', detection.traffic),
    upAfter: time('up after SCRIPT KILL', recoveryMs),
    switches: atMost(0, 'switches beyond the one'),
  },
  seconds: 15,
  alone: true,
  async run(run) {
    const short = await busyClient(run)
    const shortSwitch = short.session.momentOf('failover', 4000)
    const shortAt = await runScript(short.east, forSeconds, 3)
    const shortSwitchedAt = await shortSwitch
    // One busy server at a time: two of them would take the machine for themselves.
    await sleep(3000 - (performance.now() - shortAt))

    const endless = await busyClient(run)
    const killer = await endless.east.connect()
    run.undo(() => killer.close())
    const endlessSwitch = endless.session.momentOf('failover', 4000)
    const endlessAt = await runScript(endless.east, 'while true do end')
    const endlessSwitchedAt = await endlessSwitch
    await sleep(busyAfterMs + 1000 - (performance.now() - endlessAt))
    const { state } = endless.session.endpoint('east')
    run.expect(state === 'down', `While it says BUSY it is ${state}.`)
    const up = endless.session.momentOf(
      'health-changed',
      15_000,
      ({ endpointId, to }) => endpointId === 'east' && to === 'up',
    )
    await killer.command('SCRIPT', 'KILL')
    const killedAt = performance.now()
    const upAt = await up
    return {
      window: { from: shortAt, to: Math.max(shortSwitchedAt, endlessSwitchedAt) },
      values: {
        shortAfter: shortSwitchedAt - shortAt,
        endlessAfter: endlessSwitchedAt - endlessAt,
        upAfter: upAt - killedAt,
        switches: switchesBeyondOne(short.session, shortAt) + switchesBeyondOne(endless.session, endlessAt),
      },
    }
  },
})
