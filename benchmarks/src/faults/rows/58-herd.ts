import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '@redis-endpoint-failover/test-infra'
import { bundle } from '../../child/bundle.ts'
import { addressOf } from '../../scenario/server-pair.ts'
import { atMost, defineRow, nothing, shown } from '../fault-row.ts'
import type { FaultRun } from '../fault-run.ts'

const processes = 20
const binMs = 100
/** Until the server has been up for all of them, and standbys are open again. */
const settleMs = 1500

interface Member {
  readonly child: ChildProcess
  /** What it said last of the preferred endpoint. */
  state: string
}

export const herd = defineRow({
  row: 58,
  title: 'Twenty client processes, one server restarts',
  inject: `kill -9 and an immediate restart of the preferred server of ${processes} client processes`,
  expected: 'they find it again, each in its own time',
  measures: {
    crowding: atMost(3, 'connects in the fullest 100 ms, in means of all'),
    lost: atMost(0, 'processes that did not find it again'),
    connects: shown('connects'),
    over: shown('spread over (ms)'),
  },
  seconds: 12,
  alone: true,
  async run(run) {
    const { east, west } = await run.pair()
    const proxy = await run.proxy(east)
    const members = await startHerd(run, [addressOf('east', proxy), addressOf('west', west)])
    await sleep(settleMs)
    // Nobody listens until the server does.
    await proxy.setFaults({ refuse: true })
    await east.kill()
    await eventually(() => members.every(({ state }) => state === 'down'), { timeout: 10_000 })
    await east.restart()
    const at = performance.now()
    await proxy.clearFaults()
    await eventually(() => members.every(({ state }) => state === 'up'), { timeout: 15_000 }).catch(() => undefined)
    await sleep(settleMs)
    const after = proxy.acceptTimes.filter((time) => time >= at).map((time) => time - at)
    const last = Math.max(...after)
    const bins = new Map<number, number>()
    for (const time of after) bins.set(Math.floor(time / binMs), (bins.get(Math.floor(time / binMs)) ?? 0) + 1)
    const mean = after.length / Math.ceil((last + 1) / binMs)
    return {
      window: nothing,
      values: {
        crowding: Math.max(...bins.values()) / mean,
        lost: members.filter(({ state }) => state !== 'up').length,
        connects: after.length,
        over: last,
      },
    }
  },
})

async function startHerd(run: FaultRun, addresses: readonly object[]): Promise<Member[]> {
  const program = await bundle('herd')
  run.undo(() => rm(program, { force: true }))
  const members = Array.from({ length: processes }, (): Member => {
    const child = spawn(process.execPath, [program, JSON.stringify([run.client.name, addresses])], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const member: Member = { child, state: 'starting' }
    createInterface({ input: child.stdout }).on('line', (line) => {
      member.state = (JSON.parse(line) as { said: string }).said
    })
    run.undo(async () => {
      const exited = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined
      child.stdin.end()
      await Promise.race([exited, sleep(5000, undefined, { ref: false })])
      child.kill('SIGKILL')
    })
    return member
  })
  await eventually(() => members.every(({ state }) => state === 'ready'), { timeout: 60_000 })
  return members
}
