import { setTimeout as sleep } from 'node:timers/promises'
import { AmbiguousResultError } from '@redis-endpoint-failover/core'
import { eventually, type RedisServer } from '@redis-endpoint-failover/test-infra'
import { describe, expect, it } from 'vitest'
import { quiet, settledWithin } from '../settling.ts'
import { type ClientBench, SLACK_MS } from './client-bench.ts'

const MAX = 16

const blockedOn = async (server: RedisServer): Promise<number> =>
  Number(/blocked_clients:(\d+)/.exec(String(await server.command('INFO', 'clients')))?.[1])

export function describeBlocking(bench: ClientBench): void {
  describe('commands that block', () => {
    it('have a connection each, up to maxBlockingConnections, and then wait their turn', async () => {
      const { east, call, get } = await bench.stage()
      const popped = Array.from({ length: 40 }, () => quiet(call('BLPOP', 'queue', '0')))
      await eventually(async () => (await blockedOn(east)) === MAX)
      // Nobody else is held up.
      expect(await get('key')).toBeNull()
      for (let job = 0; job < 40; job++) await east.command('RPUSH', 'queue', String(job))
      const all = await settledWithin(Promise.all(popped), 4 * SLACK_MS)
      expect(all.state).toBe('resolved')
      const jobs = (await Promise.all(popped)).map((reply) => Number((reply as string[])[1]))
      expect(jobs.sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, job) => job))
      expect(await blockedOn(east)).toBe(0)
    })

    it('block again on the endpoint that the group moves to, and pop nothing that they do not hand over', async () => {
      const { group, east, west, call } = await bench.stage()
      const sent = [
        call('BLPOP', 'list', '0'),
        call('BLMOVE', 'from', 'to', 'LEFT', 'RIGHT', '0'),
        call('XREAD', 'BLOCK', '0', 'STREAMS', 'stream', '0'),
      ].map(quiet)
      await eventually(async () => (await blockedOn(east)) === 3)
      const drainedAt = performance.now()
      await group.drain('east')
      bench.measurements.add('drain with blocked commands', performance.now() - drainedAt, 1000)
      await eventually(async () => (await blockedOn(west)) === 3)
      expect(await blockedOn(east)).toBe(0)
      for (const list of ['list', 'from']) {
        await east.command('RPUSH', list, 'in-east')
        await west.command('RPUSH', list, 'in-west')
      }
      await west.command('XADD', 'stream', '1-1', 'field', 'value')
      const [popped, moved, read] = await Promise.all(sent)
      expect([popped, moved]).toEqual([['list', 'in-west'], 'in-west'])
      expect(JSON.stringify(read)).toContain('1-1')
      expect([await east.command('LLEN', 'list'), await east.command('LLEN', 'from')]).toEqual([1, 1])
    })

    it('block for the rest of their time only', async () => {
      const { group, east, call } = await bench.stage()
      const sentAt = performance.now()
      const popped = call('BLPOP', 'list', '1.5')
      await eventually(async () => (await blockedOn(east)) === 1)
      await sleep(700)
      await group.drain('east')
      expect(await popped).toBeNull()
      const waitedMs = performance.now() - sentAt
      expect(waitedMs).toBeGreaterThan(1450)
      expect(waitedMs).toBeLessThan(1500 + SLACK_MS)
    })

    it('that may have popped something when their server dies say so; those that only read block again', async () => {
      const { east, west, call } = await bench.stage()
      const popped = quiet(call('BLPOP', 'list', '0'))
      const read = quiet(call('XREAD', 'BLOCK', '0', 'STREAMS', 'stream', '0'))
      await eventually(async () => (await blockedOn(east)) === 2)
      await east.kill()
      await expect(popped).rejects.toSatisfy(AmbiguousResultError.isInstance)
      await eventually(async () => (await blockedOn(west)) === 1)
      await west.command('XADD', 'stream', '1-1', 'field', 'value')
      expect(JSON.stringify(await read)).toContain('1-1')
    })
  })
}
