import { setTimeout as sleep } from 'node:timers/promises'
import { eventually, type FaultProxy } from '@redis-endpoint-failover/test-infra'
import { describe, expect, it } from 'vitest'
import { quiet, rejectionOf, settledWithin } from '../settling.ts'
import type { AdapterBench, Specimen } from './adapter-bench.ts'

/** Long enough for a client that reconnects or resends by itself to be caught. */
const WATCH_MS = 400

export function describeLostConnections(bench: AdapterBench): void {
  const expectLost = async ({ connection, lost }: Specimen, inFlight: Promise<unknown>): Promise<void> => {
    const error = await rejectionOf(inFlight, 1500)
    const verdict = bench.classify(error)
    expect(verdict.attempt).toBe('ambiguous')
    await eventually(() => lost.length > 0, { timeout: 1000 })
    expect(connection.isUsable()).toBe(false)
    expect(bench.classify(lost[0]).evidence).toMatchObject({ weight: 'hard', reason: 'connection-lost' })
    await sleep(50)
    expect(lost).toHaveLength(1)
  }
  const killClient = async ({ command }: Specimen): Promise<unknown> =>
    bench.server.command('CLIENT', 'KILL', 'ID', Number(await command('CLIENT', 'ID')))

  describe('a lost connection', () => {
    it('is reported once when the server process is killed; what is in flight is ambiguous', async () => {
      const server = await bench.startServer()
      const specimen = await bench.open(server)
      await server.pause()
      const inFlight = quiet(specimen.command('INCR', 'counter'))
      await server.kill()
      await expectLost(specimen, inFlight)
    })

    it('is reported once when the server ends it under a blocked command', async () => {
      const specimen = await bench.open()
      const id = Number(await specimen.command('CLIENT', 'ID'))
      const inFlight = quiet(specimen.command('BLPOP', 'nothing', 0))
      await eventually(async () => String(await bench.server.command('INFO', 'clients')).includes('blocked_clients:1'))
      await bench.server.command('CLIENT', 'KILL', 'ID', id)
      await expectLost(specimen, inFlight)
    })

    it('is reported once when it is idle', async () => {
      const specimen = await bench.open()
      await killClient(specimen)
      await eventually(() => specimen.lost.length > 0, { timeout: 1000 })
      await sleep(50)
      expect(specimen.lost).toHaveLength(1)
      expect(specimen.connection.isUsable()).toBe(false)
    })

    it('is reported once when it is reset in the middle of a reply', async () => {
      await bench.server.command('SET', 'long', 'x'.repeat(500_000))
      const proxy = await bench.startProxy()
      const specimen = await bench.open(proxy)
      await proxy.setFaults({ reset: { afterBytes: 10_000 } })
      await expectLost(specimen, quiet(specimen.command('GET', 'long')))
    })

    it('is reported once when the stream stops being Redis', async () => {
      const proxy = await bench.startProxy()
      const specimen = await bench.open(proxy)
      await proxy.setFaults({ garbage: 'HTTP/1.1 400 Bad Request\r\n\r\n' })
      const inFlight = quiet(specimen.command('INCR', 'counter'))
      await eventually(() => specimen.lost.length > 0, { timeout: 1000 })
      expect(specimen.connection.isUsable()).toBe(false)
      // As the core does: nothing that such a connection says later counts.
      specimen.connection.destroy()
      expect(bench.classify(await rejectionOf(inFlight, 500)).attempt).toBe('ambiguous')
      expect(specimen.lost).toHaveLength(1)
    })

    it('stays open as long as nobody tells the client, and is reported when somebody does', async () => {
      const server = await bench.startServer()
      const proxy = await bench.startProxy({ target: server, faults: { halfOpen: true } })
      const specimen = await bench.open(proxy)
      await server.kill()
      const inFlight = quiet(specimen.command('INCR', 'counter'))
      expect((await settledWithin(inFlight, 150)).state).toBe('pending')
      expect(specimen.lost).toEqual([])
      proxy.resetConnections()
      await expectLost(specimen, inFlight)
    })

    it('takes no more commands: they are unsent, and never reach the server', async () => {
      const proxy = await bench.startProxy()
      const specimen = await bench.open(proxy)
      await specimen.command('PING')
      proxy.resetConnections()
      await eventually(() => !specimen.connection.isUsable(), { timeout: 1000 })
      const error = await rejectionOf(specimen.command('INCR', 'never'), 500)
      expect(bench.classify(error).attempt).toBe('unsent')
      await sleep(WATCH_MS)
      expect(await bench.server.command('EXISTS', 'never')).toBe(0)
    })

    it('stays lost: no reconnection and no resending by itself', async () => {
      const proxy = await bench.startProxy()
      const specimen = await bench.open(proxy)
      await specimen.command('PING')
      const { inFlight } = await sendToHungServer(bench, specimen, proxy)
      proxy.resetConnections()
      await bench.server.resume()
      await expectLost(specimen, inFlight)
      await sleep(WATCH_MS)
      expect(proxy.acceptedCount).toBe(1)
      expect(Number(await bench.server.command('GET', 'once'))).toBeLessThanOrEqual(1)
    })

    it('sends nothing again when the server ended it', async () => {
      const proxy = await bench.startProxy()
      const specimen = await bench.open(proxy)
      await specimen.command('INCR', 'once')
      await killClient(specimen)
      await eventually(() => specimen.lost.length > 0, { timeout: 1000 })
      await sleep(WATCH_MS)
      expect(proxy.acceptedCount).toBe(1)
      expect(await bench.server.command('GET', 'once')).toBe('1')
    })
  })
}

async function sendToHungServer(
  bench: AdapterBench,
  { command }: Specimen,
  proxy: FaultProxy,
): Promise<{ inFlight: Promise<unknown> }> {
  await bench.server.pause()
  bench.atEnd(() => bench.server.resume())
  const sentBefore = proxy.connections[0]?.bytesUp ?? 0
  const inFlight = quiet(command('INCR', 'once'))
  await eventually(() => (proxy.connections[0]?.bytesUp ?? 0) > sentBefore)
  return { inFlight }
}
