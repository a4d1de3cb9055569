import type { EvidenceWeight, HealthReason } from '@redis-endpoint-failover/core'
import { createAuthority, eventually, freePort } from '@redis-endpoint-failover/test-infra'
import { describe, expect, it } from 'vitest'
import type { ServerAddress } from '../server-address.ts'
import { rejectionOf, settledSoon, settledWithin } from '../settling.ts'
import type { AdapterBench, Specimen } from './adapter-bench.ts'

// A label may have 63 letters, so the resolver says no without asking anybody.
const IMPOSSIBLE_NAME = `${'x'.repeat(64)}.invalid`

interface FailedConnect {
  readonly specimen: Specimen
  readonly weight: EvidenceWeight
  readonly reason: HealthReason
}

export function describeFailedConnects(bench: AdapterBench): void {
  const fail = async (server: ServerAddress): Promise<FailedConnect> => {
    const specimen = bench.create(server)
    const error = await rejectionOf(specimen.connection.connect())
    const { evidence } = bench.classify(error)
    expect(specimen.connection.isUsable()).toBe(false)
    return { specimen, weight: evidence.weight, reason: evidence.reason }
  }
  const proxyThatSays = (bytes: string, close: boolean): ReturnType<typeof bench.startProxy> =>
    bench.startProxy({ faults: { garbage: { bytes, close } } })

  describe('a connect that fails', () => {
    it('says that the connection was refused', async () => {
      const failed = await fail({ host: '127.0.0.1', port: await freePort() })
      expect(failed).toMatchObject({ weight: 'conclusive', reason: 'connection-refused' })
    })

    it('says that the name was not found', async () => {
      const failed = await fail({ host: IMPOSSIBLE_NAME, port: 6379 })
      expect(failed).toMatchObject({ weight: 'refuses-connections', reason: 'name-not-found' })
    })

    it.each([
      ['a wrong password', { password: 'wrong' }],
      ['a wrong password of a user', { username: 'app', password: 'wrong' }],
      ['an unknown user', { username: 'nobody', password: 'right' }],
      ['no password where one is demanded', {}],
    ])('says that authentication failed: %s', async (_what, credentials) => {
      const { host, port } = await bench.startServer({ password: 'right', aclUsers: ['app on >right ~* +@all'] })
      const failed = await fail({ host, port, ...credentials })
      expect(failed).toMatchObject({ weight: 'refuses-connections', reason: 'authentication-failed' })
    })

    it('is evidence when the server has reached its connection limit', async () => {
      const server = await bench.startServer({ args: { maxclients: 1 } })
      await using _holder = await server.connect()
      const { weight, reason } = await fail(server)
      // The server says why and closes at once; a client that is still writing may see the closing only.
      expect(['refuses-connections too-many-connections', 'hard connection-lost']).toContain(`${weight} ${reason}`)
    })

    it('says that TLS failed when another authority vouches for the server', async () => {
      const { host, port } = await bench.startServer({ tls: true })
      const { cert } = await createAuthority()
      expect(await fail({ host, port, tls: { ca: cert } })).toMatchObject({ reason: 'tls-error' })
    })

    it('says that TLS failed when the server does not speak it', async () => {
      const { host, port } = await proxyThatSays("-ERR unknown command '\x16\x03\x01'\r\n", false)
      const { cert } = await createAuthority()
      expect(await fail({ host, port, tls: { ca: cert } })).toMatchObject({ reason: 'tls-error' })
    })

    it('is evidence when a plain client meets a server that demands TLS', async () => {
      const { host, port } = await bench.startServer({ tls: true })
      expect(['hard', 'refuses-connections', 'conclusive']).toContain((await fail({ host, port })).weight)
    })

    it('is evidence when something else than Redis answers, and hangs up', async () => {
      const proxy = await proxyThatSays('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n', true)
      expect(['hard', 'refuses-connections', 'conclusive']).toContain((await fail(proxy)).weight)
    })

    it('ends by itself or by destroy() when something else than Redis answers and stays', async () => {
      const proxy = await proxyThatSays('220 mail.example ESMTP\r\n', false)
      const { connection } = bench.create(proxy)
      const connecting = connection.connect()
      await settledWithin(connecting, 300)
      connection.destroy()
      expect((await settledSoon(connecting)).state).toBe('rejected')
      await eventually(() => proxy.connections.length === 0, { timeout: 1000 })
    })

    it('is evidence when the connection is reset in the handshake', async () => {
      const proxy = await bench.startProxy({ faults: { reset: true } })
      expect(await fail(proxy)).toMatchObject({ weight: 'hard', reason: 'connection-lost' })
    })

    it('is final: no second attempt by itself, and no report of a lost connection', async () => {
      const proxy = await bench.startProxy({ faults: { reset: true } })
      const { specimen } = await fail(proxy)
      await settledWithin(specimen.command('PING'), 400)
      expect(proxy.acceptedCount).toBe(1)
      expect(specimen.lost).toEqual([])
    })
  })
}
