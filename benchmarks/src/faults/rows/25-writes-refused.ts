import { setTimeout as sleep } from 'node:timers/promises'
import { setGet } from '@redis-endpoint-failover/core'
import { eventually } from '@redis-endpoint-failover/test-infra'
import { failed } from '@redis-endpoint-failover/testkit/load'
import { oneProbeMs } from '../detection.ts'
import { atMost, defineRow, time } from '../fault-row.ts'
import { firstDown, switchesBeyondOne } from '../what-followed.ts'

export const writesRefused = defineRow({
  row: 25,
  title: 'NOREPLICAS, CLUSTERDOWN',
  inject:
    'min-replicas-to-write 1 without a replica; elsewhere slots taken from a server in cluster mode; watched with setGet(), and NOREPLICAS under 200 reads and 50 INCRs a second too',
  expected: 'NOREPLICAS: writable=false; CLUSTERDOWN: DOWN; left, and no command fails',
  measures: {
    noReplicasAfter: time('NOREPLICAS: idle switched after', oneProbeMs),
    trafficAfter: time('NOREPLICAS: with traffic switched after', oneProbeMs),
    clusterDownAfter: time('CLUSTERDOWN: idle switched after', oneProbeMs),
    failedCommands: atMost(0, 'commands failed'),
    switches: atMost(0, 'switches beyond the one'),
  },
  seconds: 6,
  async run(run) {
    const [{ east, west }, cluster] = await Promise.all([
      run.pair(),
      run.unaskedServer('cluster', { args: { 'cluster-enabled': 'yes' } }),
    ])
    await cluster.command('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383)
    await eventually(async () => String(await cluster.command('CLUSTER', 'INFO')).includes('cluster_state:ok'))
    const health = { check: setGet() }
    const [idle, busy, clustered] = await Promise.all([
      run.connect({ east, west }, { health }),
      run.connect({ east, west }),
      run.connect({ cluster, west }, { health }),
    ])
    const traffic = run.traffic(busy)
    await sleep(100 + run.share * 1000)
    const moments = [idle, busy, clustered].map((session) => session.momentOf('failover', 5000))
    const at = performance.now()
    await east.command('CONFIG', 'SET', 'min-replicas-to-write', 1)
    run.undo(() => east.command('CONFIG', 'SET', 'min-replicas-to-write', 0))
    const clusterAt = performance.now()
    await cluster.command('CLUSTER', 'DELSLOTSRANGE', 0, 16_383)
    const [idleAt = 0, busyAt = 0, clusteredAt = 0] = await Promise.all(moments)
    await sleep(300)
    const { reads, incrs } = await traffic.stop()
    for (const session of [idle, busy]) {
      const [event] = session.eventsSince('failover', at)
      run.expect(event?.reason === 'not-writable', `NOREPLICAS: left because of ${event?.reason}.`)
      run.expect(!session.endpoint('east').writable, 'NOREPLICAS: it counts as writable.')
    }
    const reason = firstDown(clustered, at, 'cluster')?.reason
    run.expect(reason === 'cluster-down', `CLUSTERDOWN: it is DOWN because of ${reason}.`)
    return {
      window: { from: at, to: Math.max(idleAt, busyAt, clusteredAt) },
      values: {
        noReplicasAfter: idleAt - at,
        trafficAfter: busyAt - at,
        clusterDownAfter: clusteredAt - clusterAt,
        failedCommands: failed([...reads, ...incrs]).length,
        switches: [idle, busy, clustered].reduce((sum, session) => sum + switchesBeyondOne(session, at), 0),
      },
    }
  },
})
