import { describe, expect, it } from 'vitest'
import { replicationLag } from '../../../../src/health/checks/replication-lag.ts'
import { role } from '../../../../src/health/checks/role.ts'
import { checkBench, errorOf } from './check-bench.ts'

const HEALTHY = { result: { healthy: true } }
const no = (reason: string) => ({ result: { healthy: false, reason } })

describe('role', () => {
  const replying = (reply: unknown) => checkBench(async () => reply)

  it.each([
    ['a master where one is expected', 'master' as const, ['master', 0, []], HEALTHY],
    [
      'a replica where a master is expected',
      'master' as const,
      ['slave', '127.0.0.1', 1, 'connected', 0],
      no('its role is replica, not master'),
    ],
    ['a replica where one is expected', 'replica' as const, ['slave', '127.0.0.1', 1, 'connected', 0], HEALTHY],
    [
      'a master where a replica is expected',
      'replica' as const,
      ['master', 0, []],
      no('its role is master, not replica'),
    ],
    ['a reply in buffers', 'master' as const, [Buffer.from('master'), 0, []], HEALTHY],
  ])('judges %s', async (_what, expected, reply, outcome) => {
    expect(await replying(reply).run(role({ expect: expected }))).toEqual(outcome)
  })

  it('expects a master by default, and shows an ability', async () => {
    expect(await replying(['master', 0, []]).run(role())).toEqual(HEALTHY)
    expect(role()).toMatchObject({ name: 'role', capability: true })
  })

  it('does not take a strange reply for an answer', async () => {
    expect(errorOf(await replying('OK').run(role()))).toContain('not one that a Redis server gives')
  })

  it('refuses a role that there is not', () => {
    expect(() => role({ expect: 'leader' as never })).toThrow(
      'role.expect is "leader", but must be one of "master", "replica"',
    )
  })
})

describe('replicationLag', () => {
  const info = (fields: Record<string, string | number>) => {
    const lines = Object.entries(fields).map(([name, value]) => `${name}:${value}`)
    return checkBench(async () => ['# Replication', ...lines, 'master_replid2:0'].join('\r\n'))
  }
  const replica = { role: 'slave', master_link_status: 'up', master_sync_in_progress: 0, master_last_io_seconds_ago: 1 }

  it.each([
    ['a master', { role: 'master', connected_slaves: 0 }, HEALTHY],
    ['a replica that follows', replica, HEALTHY],
    ['a replica whose link is down', { ...replica, master_link_status: 'down' }, no('its link to its master is down')],
    [
      'a replica that is copying',
      { ...replica, master_sync_in_progress: 1 },
      no('it is still copying the data set of its master'),
    ],
    [
      'a replica that has never heard of its master',
      { ...replica, master_last_io_seconds_ago: -1 },
      no('it has never heard of its master'),
    ],
    ['a replica at the limit', { ...replica, master_last_io_seconds_ago: 10 }, HEALTHY],
    [
      'a replica beyond it',
      { ...replica, master_last_io_seconds_ago: 11 },
      no('it has heard nothing of its master for 11000 ms'),
    ],
  ])('judges %s', async (_what, fields, outcome) => {
    expect(await info(fields).run(replicationLag())).toEqual(outcome)
  })

  it('takes another limit', async () => {
    expect(await info({ ...replica, master_last_io_seconds_ago: 3 }).run(replicationLag({ maxLag: 2000 }))).toEqual(
      no('it has heard nothing of its master for 3000 ms'),
    )
    expect(() => replicationLag({ maxLag: 10 })).toThrow('replicationLag.maxLag is 10')
  })

  it('only keeps from becoming a target, unless told otherwise', () => {
    expect(replicationLag().governs).toBe('eligibility')
    expect(replicationLag({ governs: 'liveness' }).governs).toBe('liveness')
  })
})
