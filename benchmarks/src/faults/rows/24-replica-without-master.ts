import { setTimeout as sleep } from 'node:timers/promises'
import { waitForReplication } from '@redis-endpoint-failover/test-infra'
import { failed } from '@redis-endpoint-failover/testkit/load'
import { oneProbeMs } from '../detection.ts'
import { atMost, defineRow, time } from '../fault-row.ts'
import { firstDown } from '../what-followed.ts'

export const replicaWithoutMaster = defineRow({
  row: 24,
  title: 'MASTERDOWN replica',
  inject:
    'kill -9 of the master of a standby endpoint that serves no stale data; 200 reads and 50 INCRs a second on the active one',
  expected: 'the replica is DOWN, reason master-down; the active one is kept',
  measures: {
    downAfter: time('DOWN after', oneProbeMs),
    switches: atMost(0, 'switches'),
    failedCommands: atMost(0, 'commands failed'),
  },
  seconds: 4,
  inTests: true,
  async run(run) {
    const [east, master] = await Promise.all([run.server('east'), run.unaskedServer('master')])
    const replica = await run.unaskedServer('replica', {
      replicaOf: master,
      args: { 'replica-serve-stale-data': 'no' },
    })
    await waitForReplication(replica)
    const session = await run.connect({ east, replica })
    const traffic = run.traffic(session)
    await sleep(100 + run.share * 1000)
    const down = session.momentOf(
      'health-changed',
      5000,
      ({ endpointId, to }) => endpointId === 'replica' && to === 'down',
    )
    const { at } = await master.kill()
    const downAt = await down
    await sleep(300)
    const { reads, incrs } = await traffic.stop()
    const reason = firstDown(session, at, 'replica')?.reason
    run.expect(reason === 'master-down', `It is DOWN because of ${reason}.`)
    return {
      window: { from: at, to: downAt },
      values: {
        downAfter: downAt - at,
        switches: session.switchesSince(at).length,
        failedCommands: failed([...reads, ...incrs]).length,
      },
    }
  },
})
