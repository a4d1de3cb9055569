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

    it('follow the operator to another endpoint, and the failback from there', async () => {
      const failback = { grace: 300, minStay: 100 }
      const { group, east, west, call } = await bench.stage({ groupOptions: { failback } })
      const popped = quiet(call('BLPOP', 'list', '0'))
      await eventually(async () => (await blockedOn(east)) === 1)
      await group.switchTo('west', { pin: false })
      await eventually(async () => (await blockedOn(west)) === 1, { interval: 5 })
      expect(await blockedOn(east)).toBe(0)
      await eventually(async () => (await blockedOn(east)) === 1, { timeout: 10_000 })
      expect([group.active, await blockedOn(west)]).toEqual(['east', 0])
      await west.command('RPUSH', 'list', 'in-west')
      await east.command('RPUSH', 'list', 'in-east')
      expect(await popped).toEqual(['list', 'in-east'])
      expect(await west.command('LLEN', 'list')).toBe(1)
    })

    it('stay on an endpoint that does not let us unblock them, which a drain ends', async () => {
      const { group, east, west, call, set } = await bench.stage()
      await east.command('ACL', 'SETUSER', 'default', '-client|unblock')
      const popped = quiet(call('BLPOP', 'list', '0'))
      await eventually(async () => (await blockedOn(east)) === 1)
      await group.switchTo('west')
      await set('key', 'in-west')
      expect(await west.command('GET', 'key')).toBe('in-west')
      await sleep(200)
      expect([await blockedOn(east), await blockedOn(west)]).toEqual([1, 0])
      await east.command('RPUSH', 'list', 'in-east')
      expect(await popped).toEqual(['list', 'in-east'])

      await group.switchTo('east')
      const drained = quiet(call('BLPOP', 'list', '0'))
      await eventually(async () => (await blockedOn(east)) === 1)
      const drainedAt = performance.now()
      await group.drain('east')
      expect(performance.now() - drainedAt).toBeLessThan(1000 + SLACK_MS)
      await expect(drained).rejects.toSatisfy(AmbiguousResultError.isInstance)
      expect(await blockedOn(east)).toBe(0)
    })

    it('whose connection is stuck beyond their time settle after the grace, and the next one has another', async () => {
      const groupOptions = { connectionSilenceTimeout: 500 }
      const { east, proxy, events, call } = await bench.stage({ proxied: true, groupOptions })
      const sentAt = performance.now()
      const popped = quiet(call('BLPOP', 'list', '1'))
      await eventually(async () => (await blockedOn(east)) === 1)
      const port = / addr=[^ ]*:(\d+) .* cmd=blpop /.exec(String(await east.command('CLIENT', 'LIST')))?.[1]
      const stuck = proxy.connections.find(({ upstreamPort }) => upstreamPort === Number(port))
      stuck?.setFaults({ blackhole: true })
      await expect(popped).rejects.toSatisfy(AmbiguousResultError.isInstance)
      const settledMs = performance.now() - sentAt
      expect(settledMs).toBeGreaterThan(1450)
      expect(settledMs).toBeLessThan(1500 + SLACK_MS)
      expect(events.named('connection-replaced')).toMatchObject([{ endpointId: 'east' }])
      expect(events.switches).toEqual([])
      await east.command('RPUSH', 'list', 'next')
      expect(await call('BLPOP', 'list', '1')).toEqual(['list', 'next'])
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
