import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '@redis-endpoint-failover/test-infra'
import { describe, expect, it } from 'vitest'
import { quiet, rejectionOf, settledSoon } from '../settling.ts'
import type { AdapterBench } from './adapter-bench.ts'

export function describeDestroying(bench: AdapterBench): void {
  describe('destroy()', () => {
    it('rejects what is in flight at once, on a server that hangs too; it is ambiguous', async () => {
      const { connection, command, lost } = await bench.open()
      await bench.server.pause()
      bench.atEnd(() => bench.server.resume())
      const inFlight = Array.from({ length: 20 }, (_, i) => quiet(command('INCR', `counter:${i}`)))
      await sleep(30)
      connection.destroy()
      for (const promise of inFlight) {
        const settled = await settledSoon(promise)
        expect(settled.state).toBe('rejected')
        expect(bench.classify((settled as { error: unknown }).error).attempt).toBe('ambiguous')
      }
      await sleep(50)
      expect(lost).toEqual([])
      expect(connection.isUsable()).toBe(false)
    })

    it('rejects a command that blocks', async () => {
      const { connection, command } = await bench.open()
      const blocked = quiet(command('BLPOP', 'nothing', 0))
      await sleep(30)
      connection.destroy()
      expect((await settledSoon(blocked)).state).toBe('rejected')
    })

    it('may be called again, before connecting, and after the connection was lost', async () => {
      const fresh = bench.create(bench.server)
      fresh.connection.destroy()
      fresh.connection.destroy()
      const lost = await bench.open()
      await bench.server.command('CLIENT', 'KILL', 'ID', Number(await lost.command('CLIENT', 'ID')))
      await eventually(() => lost.lost.length > 0, { timeout: 1000 })
      lost.connection.destroy()
      lost.connection.destroy()
      await sleep(50)
      expect([fresh.lost.length, lost.lost.length]).toEqual([0, 1])
    })

    it('leaves no connection behind, on either side', async () => {
      const proxy = await bench.startProxy()
      const before = process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length
      const { connection } = await bench.open(proxy)
      connection.destroy()
      await eventually(() => proxy.connections.length === 0, { timeout: 1000 })
      await eventually(
        () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length <= before,
        { timeout: 1000 },
      )
    })

    it('makes later commands unsent: they never reach the server', async () => {
      const { connection, command, lost } = await bench.open()
      connection.destroy()
      const error = await rejectionOf(command('SET', 'never', 'x'), 500)
      expect(bench.classify(error).attempt).toBe('unsent')
      await sleep(100)
      expect(await bench.server.command('EXISTS', 'never')).toBe(0)
      expect(lost).toEqual([])
    })

    it('stops a client that is connecting for good', async () => {
      const proxy = await bench.startProxy({ faults: { latency: 50 } })
      const { connection, lost } = bench.create(proxy)
      const connecting = quiet(connection.connect())
      connection.destroy()
      expect((await settledSoon(connecting)).state).toBe('rejected')
      await sleep(300)
      expect(connection.isUsable()).toBe(false)
      expect(proxy.connections).toHaveLength(0)
      expect(lost).toEqual([])
    })

    it('leaves commands of a connection that never connected unsent', async () => {
      const { command } = bench.create(bench.server)
      const error = await rejectionOf(command('SET', 'never', 'x'), 500)
      expect(bench.classify(error).attempt).toBe('unsent')
      expect(await bench.server.command('EXISTS', 'never')).toBe(0)
    })
  })
}
