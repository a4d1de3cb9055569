import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '@redis-endpoint-failover/test-infra'
import { describe, expect, it } from 'vitest'
import { settledSoon, settledWithin } from '../settling.ts'
import type { AdapterBench } from './adapter-bench.ts'

/** The event loop stands still for that long, in the middle of a failover. */
const MOST_CREATE_MS = 10

const openSockets = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length

export function describeConnecting(bench: AdapterBench): void {
  describe('connecting', () => {
    it('touches no network before it is asked to connect', async () => {
      const proxy = await bench.startProxy()
      const { connection } = bench.create(proxy)
      await sleep(100)
      expect(proxy.acceptedCount).toBe(0)
      expect(connection.isUsable()).toBe(false)
    })

    it('makes connections to different endpoints in turn without holding up the application', () => {
      const durations = Array.from({ length: 10 }, (_, i) => {
        const start = performance.now()
        bench.create({ host: `endpoint-${i % 2}.invalid`, port: 6379 + (i % 2) })
        return performance.now() - start
      })
      const median = durations.sort((a, b) => a - b)[durations.length / 2]
      expect(median).toBeLessThan(MOST_CREATE_MS)
    })

    it('is ready when it says so, for every purpose', async () => {
      for (const purpose of ['monitor', 'data', 'probe'] as const) {
        const { connection, command, lost } = await bench.open(bench.server, purpose)
        expect(connection.isUsable()).toBe(true)
        expect(await command('PING')).toBe('PONG')
        expect(lost).toEqual([])
      }
    })

    it('opens exactly one connection', async () => {
      const proxy = await bench.startProxy()
      const { command } = await bench.open(proxy)
      await command('PING')
      expect(proxy.acceptedCount).toBe(1)
    })

    it('has authenticated when it says that it is ready', async () => {
      const server = await bench.startServer({ password: 'right', aclUsers: ['app on >right-too ~* +@all'] })
      const { host, port } = server
      const asDefault = await bench.open({ host, port, password: 'right' })
      const asUser = await bench.open({ host, port, username: 'app', password: 'right-too' })
      expect(await asDefault.command('ACL', 'WHOAMI')).toBe('default')
      expect(await asUser.command('ACL', 'WHOAMI')).toBe('app')
    })

    it('speaks TLS with a server that its authority vouches for', async () => {
      const { host, port, tls } = await bench.startServer({ tls: true })
      const { command } = await bench.open({ host, port, tls: { ca: tls?.ca ?? '' } })
      expect(await command('PING')).toBe('PONG')
    })

    it('waits for a slow handshake', async () => {
      const proxy = await bench.startProxy({ faults: { latency: 60 } })
      const { command } = await bench.open(proxy)
      expect(await command('PING')).toBe('PONG')
    })

    it('stays pending on a server that accepts and says nothing, until it is destroyed', async () => {
      const proxy = await bench.startProxy({ faults: { mute: true } })
      const { connection, lost } = bench.create(proxy)
      const connecting = connection.connect()
      expect(await settledWithin(connecting, 150)).toEqual({ state: 'pending' })
      connection.destroy()
      expect((await settledSoon(connecting)).state).toBe('rejected')
      expect(lost).toEqual([])
      await eventually(() => proxy.connections.length === 0, { timeout: 1000 })
    })

    it('stays pending on a server that hangs in its handshake, until it is destroyed', async () => {
      await bench.server.pause()
      bench.atEnd(() => bench.server.resume())
      const { connection } = bench.create(bench.server)
      const connecting = connection.connect()
      expect(await settledWithin(connecting, 150)).toEqual({ state: 'pending' })
      connection.destroy()
      expect((await settledSoon(connecting)).state).toBe('rejected')
    })

    it('holds the process while it is open, unless told otherwise', async () => {
      const before = openSockets()
      const { connection } = await bench.open()
      const held = openSockets()
      connection.unref()
      const released = openSockets()
      connection.ref()
      expect([held, released, openSockets()]).toEqual([before + 1, before, before + 1])
    })
  })
}
