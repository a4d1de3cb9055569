import { setTimeout as sleep } from 'node:timers/promises'
import { type EndpointSnapshot, presets } from '@redis-endpoint-failover/core'
import { eventually, type RedisServer, waitForReplication } from '@redis-endpoint-failover/test-infra'
import { describe, expect, it } from 'vitest'
import { failed, unsettled } from '../../load/load-report.ts'
import { type ClientBench, SLACK_MS } from './client-bench.ts'
import type { GroupUnderTest } from './client-contract.ts'
import { follow } from './follow.ts'

const { interval, timeout } = presets.fast.health
/** The next probe comes within an interval, and is answered within the timeout. */
const BOUND_MS = 1.1 * interval + timeout

export function describePromotion(bench: ClientBench): void {
  describe('when a replica is promoted over the active endpoint', () => {
    it('the new primary is moved to; the old one is told of once, with what it has written since', async () => {
      const { group, east, west, events, set, connect } = await bench.stage({ idle: true })
      await follow(west, east)
      await connect()
      await set('key', 'before')
      await waitForReplication(west)
      const before = await offsetOf(east)
      await west.command('REPLICAOF', 'NO', 'ONE')
      const promotedAt = performance.now()
      await east.command('SET', 'key', 'after')
      const lost = (await offsetOf(east)) - before
      await eventually(() => group.active === 'west', { timeout: BOUND_MS + SLACK_MS })
      bench.measurements.add('replica promoted: old primary left', performance.now() - promotedAt, BOUND_MS)
      expect(events.switches).toEqual(['failover east>west (stale-primary)'])
      expect(events.named('stale-primary')).toMatchObject([
        { endpointId: 'east', promotedId: 'west', divergenceBytes: lost },
      ])
      await set('key', 'new')
      expect(await west.command('GET', 'key')).toBe('new')

      await follow(east, west)
      await eventually(() => events.named('stale-primary-cleared').length > 0, { timeout: BOUND_MS + SLACK_MS })
      expect(stateOf(group, 'east')).toMatchObject({ state: 'up', stalePrimary: undefined, writable: false })
      expect(events.named('stale-primary')).toHaveLength(1)
      expect(group.active).toBe('west')
    })

    it('while the old one was away: that one is no target when it comes back as a primary', async () => {
      const { group, east, west, events, connect } = await bench.stage({
        idle: true,
        groupOptions: { failback: { grace: 100, minStay: 0 } },
      })
      await follow(west, east)
      await connect()
      await eventually(() => stateOf(group, 'west')?.writable === false)
      await east.kill()
      await west.command('REPLICAOF', 'NO', 'ONE')
      await eventually(() => group.active === 'west')
      await east.restart()
      await eventually(() => events.named('stale-primary').length > 0)
      // Long enough for the move back that would follow otherwise.
      await sleep(4 * interval)
      expect(group.active).toBe('west')
      expect(stateOf(group, 'east')).toMatchObject({ state: 'up', stalePrimary: { promotedId: 'west' } })
    })
  })

  it('a planned change of roles costs nobody an error: refused writes wait for the new primary', async () => {
    const { group, east, west, events, startLoad, connect } = await bench.stage({ idle: true })
    await follow(west, east)
    const { username, password } = west.control
    await east.command('CONFIG', 'SET', 'masteruser', username, 'masterauth', password)
    await connect()
    await eventually(() => stateOf(group, 'west')?.writable === false)
    const load = startLoad()
    await sleep(200)
    await east.command('FAILOVER')
    // The servers take up to a second: a replica says once in a second how far it is.
    await eventually(async () => String(await west.command('ROLE')).startsWith('master'), { timeout: 5000 })
    const changedAt = performance.now()
    await eventually(() => group.active === 'west', { timeout: BOUND_MS + SLACK_MS })
    bench.measurements.add('roles changed: new primary in use', performance.now() - changedAt, BOUND_MS)
    await sleep(200)
    const report = await load.stop()
    const outcomes = [...report.reads, ...report.incrs]
    expect(failed(outcomes).map(({ error }) => error)).toEqual([])
    expect(unsettled(outcomes)).toEqual([])
    expect(new Set(report.incrs.map(({ reply }) => reply))).toEqual(new Set([1]))
    expect(events.named('failover')).toMatchObject([{ from: 'east', to: 'west' }])
  })

  it('endpoints that are primaries of their own are not compared with each other', async () => {
    const { group, events } = await bench.stage()
    await sleep(2 * interval)
    expect([events.named('stale-primary'), events.named('multiple-primaries')]).toEqual([[], []])
    expect(group.active).toBe('east')
  })
}

const stateOf = (group: GroupUnderTest, endpointId: string): EndpointSnapshot | undefined =>
  group.snapshot().endpoints.find(({ id }) => id === endpointId)

async function offsetOf(server: RedisServer): Promise<number> {
  return Number(/master_repl_offset:(\d+)/.exec(String(await server.command('INFO', 'replication')))?.[1])
}
