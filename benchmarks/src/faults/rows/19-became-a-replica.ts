import { setTimeout as sleep } from 'node:timers/promises'
import { presets, role } from '@redis-endpoint-failover/core'
import { failed } from '@redis-endpoint-failover/testkit/load'
import { oneProbeMs } from '../detection.ts'
import { atMost, defineRow, time } from '../fault-row.ts'
import { switchesBeyondOne } from '../what-followed.ts'

export const becameAReplica = defineRow({
  row: 19,
  title: 'Became a replica',
  inject:
    'REPLICAOF the other server on the active one, of a client with 200 reads and 50 INCRs a second, and of an idle one with role()',
  expected: 'READONLY is repeated on the other endpoint, once; with role() it is left without a command',
  measures: {
    switchedAfter: time('with traffic switched after', presets.default.health.timeout),
    idleSwitchedAfter: time('idle, role(): switched after', oneProbeMs),
    failedCommands: atMost(0, 'commands failed'),
    switches: atMost(0, 'switches beyond the one'),
  },
  seconds: 3.5,
  inTests: true,
  // What it had is replaced by what the other one has.
  audit: { replicated: true, losesData: true },
  async run(run) {
    const { east, west } = await run.pair()
    const [busy, idle] = await Promise.all([
      run.connect({ east, west }),
      run.connect({ east, west }, { health: { check: role() } }),
    ])
    const traffic = run.traffic(busy)
    await sleep(100 + run.share * 1000)
    const moments = [busy.momentOf('failover', 5000), idle.momentOf('failover', 5000)]
    const at = performance.now()
    await east.command('REPLICAOF', west.host, west.port)
    run.undo(() => east.command('REPLICAOF', 'NO', 'ONE'))
    const [busyAt = 0, idleAt = 0] = await Promise.all(moments)
    await sleep(300)
    const { reads, incrs } = await traffic.stop()
    const values = {
      switchedAfter: busyAt - at,
      idleSwitchedAfter: idleAt - at,
      failedCommands: failed([...reads, ...incrs]).length,
      switches: switchesBeyondOne(busy, at) + switchesBeyondOne(idle, at),
    }
    run.expect(!busy.endpoint('east').writable, 'The replica counts as writable.')
    return { window: { from: at, to: Math.max(busyAt, idleAt) }, values }
  },
})
