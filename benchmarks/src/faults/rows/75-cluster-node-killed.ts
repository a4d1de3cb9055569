import { setTimeout as sleep } from 'node:timers/promises'
import { presets } from '@redis-endpoint-failover/core'
import { type RedisCluster, startCluster } from '@redis-endpoint-failover/test-infra'
import { failed, startLoad, succeeded, unsettled } from '@redis-endpoint-failover/testkit/load'
import { createRoutedCluster } from '../../client/cluster-clients.ts'
import { atMost, defineRow, never, nothing, shown } from '../fault-row.ts'

const { topologyGrace } = presets.default.health
const commandsPerSecond = 50

export const clusterNodeKilled = defineRow({
  row: 75,
  title: 'One node of a Cluster killed',
  inject: `kill -9 of one of the three primaries (of six nodes) of the active Cluster; ${commandsPerSecond} reads and as many INCRs a second over all slots`,
  expected: "the Cluster's own promotion is awaited, then all its keys are served again",
  measures: {
    switches: atMost(0, 'switches within topologyGrace'),
    downs: atMost(0, 'endpoints called DOWN'),
    repeated: atMost(0, 'INCRs executed twice'),
    notSettled: atMost(0, 'commands that never settled'),
    promotedAfter: shown('all slots served again after (ms)'),
    failedCommands: shown('commands failed meanwhile'),
  },
  seconds: topologyGrace / 1000 + 10,
  async run(run) {
    const [east, west] = await Promise.all([
      ownCluster(() => startCluster({ name: 'east' }), run.undo.bind(run)),
      ownCluster(() => startCluster({ name: 'west', replicas: 0 }), run.undo.bind(run)),
    ])
    const { client, group, connect, close } = createRoutedCluster(run.client.name, [
      { id: 'east', nodes: east.addresses },
      { id: 'west', nodes: west.addresses },
    ])
    run.undo(close)
    const counts = { switches: 0, downs: 0 }
    for (const event of ['failover', 'failback', 'deactivated'] as const) group.on(event, () => counts.switches++)
    group.on('health-changed', ({ to }) => void (to === 'down' && counts.downs++))
    await connect()
    run.expect(group.active === 'east', `${group.active} is active.`)
    const load = startLoad({
      get: () => client.get(`key:${Math.floor(Math.random() * 1000)}`),
      incr: (key) => client.incr(key),
      readsPerSecond: commandsPerSecond,
      incrsPerSecond: commandsPerSecond,
    })
    await sleep(500 + run.share * 1000)
    const [victim] = await east.primaries()
    const killedAt = performance.now()
    await victim?.kill()
    await sleep(topologyGrace)
    const { reads, incrs } = await load.stop()
    const all = [...reads, ...incrs]
    const lastFailure = Math.max(killedAt, ...failed(all).map(({ sentAt }) => sentAt))
    const servedAgain = succeeded(all).some(({ sentAt }) => sentAt > lastFailure)
    run.expect((await east.primaries()).length === 3, 'No replica was promoted.')
    run.expect(servedAgain, 'Commands failed to the end.')
    return {
      window: nothing,
      values: {
        ...counts,
        repeated: succeeded(incrs).filter(({ reply }) => reply !== 1).length,
        notSettled: unsettled(all).length,
        promotedAfter: servedAgain ? lastFailure - killedAt : never,
        failedCommands: failed(all).length,
      },
    }
  },
})

/** A Cluster that is stopped when the run is over. */
async function ownCluster(
  start: () => Promise<RedisCluster>,
  undo: (action: () => unknown) => void,
): Promise<RedisCluster> {
  const cluster = await start()
  undo(() => cluster.stop())
  return cluster
}
