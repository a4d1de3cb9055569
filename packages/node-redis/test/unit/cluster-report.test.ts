import { describe, expect, it } from 'vitest'
import { answerOf, clusterReport } from '../../src/kinds/cluster-report.ts'

describe('the report of a Cluster', () => {
  it.each([
    [['ok', 'ok', 'ok'], true, 3],
    [['ok', 'ok', 'silent'], true, 2],
    // One that was cut off from the others believes that the cluster failed.
    [['ok', 'ok', 'fail'], true, 3],
    [['ok', 'fail', 'silent'], false, 2],
    [['fail', 'fail', 'silent'], false, 2],
    [['silent', 'silent', 'silent'], false, 0],
    [[], false, 0],
  ] as const)('of %o is ok: %s, with %i answering', (answers, ok, answering) => {
    expect(clusterReport(answers)).toMatchObject({ ok, answering, primaries: answers.length })
  })

  it('reads the state out of CLUSTER INFO', () => {
    expect(answerOf('cluster_enabled:1\r\ncluster_state:ok\r\ncluster_slots_ok:16384\r\n')).toBe('ok')
    expect(answerOf('cluster_state:fail\r\n')).toBe('fail')
    expect(answerOf(Buffer.from('cluster_state:ok\r\n'))).toBe('ok')
  })
})
