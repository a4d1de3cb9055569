import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { findExecutionFaults } from '../../load/count-executions.ts'
import { failed, unsettled } from '../../load/load-report.ts'
import { settledWithin } from '../settling.ts'
import { type ClientBench, SLACK_MS } from './client-bench.ts'

export function describeRouting(bench: ClientBench): void {
  describe('commands', () => {
    it('go to the active endpoint, and follow it', async () => {
      const { group, get, set, incr, east, west } = await bench.stage()
      expect(group.active).toBe('east')
      expect([await set('key', 'in-east'), await incr('counter')]).toEqual(['OK', 1])
      expect([await east.command('GET', 'key'), await west.command('EXISTS', 'key')]).toEqual(['in-east', 0])
      await west.command('SET', 'key', 'in-west')
      await group.drain('east')
      expect(group.active).toBe('west')
      expect(await get('key')).toBe('in-west')
      expect(await incr('counter')).toBe(1)
    })

    it('that the server answers with an error reject with that error, and are evidence of nothing', async () => {
      const { group, set, incr, events } = await bench.stage()
      await set('text', 'x')
      await expect(incr('text')).rejects.toThrow('not an integer')
      expect([group.active, group.snapshot().endpoints[0]?.strikes, events.named('retry')]).toEqual(['east', 0, []])
    })

    it('see no error when an endpoint is drained and resumed under load', async () => {
      const { group, servers, events, startLoad } = await bench.stage()
      const load = startLoad()
      await sleep(200)
      await group.drain('east')
      await sleep(200)
      await group.resume('east')
      await sleep(200)
      const report = await load.stop()
      expect(failed([...report.reads, ...report.incrs])).toEqual([])
      expect(unsettled([...report.reads, ...report.incrs])).toEqual([])
      expect(events.switches[0]).toBe('failover east>west (draining)')
      expect(await findExecutionFaults(servers, report)).toEqual({ repeated: [], lost: [], denied: [] })
    })

    it('finish when the endpoint they are in flight on is drained', async () => {
      const { group, get, proxy } = await bench.stage({ proxied: true })
      await proxy.setFaults({ latency: 100 })
      const slow = get('key')
      await group.drain('east')
      expect(await settledWithin(slow, SLACK_MS)).toMatchObject({ state: 'resolved', value: null })
      expect(group.active).toBe('west')
    })
  })
}
