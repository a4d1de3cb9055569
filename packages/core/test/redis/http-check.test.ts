import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
// By path: the certificates are all that this test needs of it.
import { createCertificates } from '../../../../test-infra/src/redis/certificates.ts'
import { ConfigurationError } from '../../src/errors.ts'
import { http } from '../../src/health/checks/http.ts'
import { type HealthCheck, unhealthy } from '../../src/health/health-check.ts'
import { runCheck } from '../../src/health/run-check.ts'
import { systemClock } from '../../src/runtime/system-clock.ts'
import { TimerScope } from '../../src/runtime/timer-scope.ts'
import { errorOf } from '../unit/health/checks/check-bench.ts'

const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

const listen = async (server: Server): Promise<number> => {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const serve = async (listener: RequestListener): Promise<string> =>
  `http://127.0.0.1:${await listen(createServer(listener))}/health`

const openSockets = (): Promise<number> =>
  new Promise((resolve) => servers[0]!.getConnections((_, count) => resolve(count)))

// Real sockets, so real time: short limits where something has to run out, long ones elsewhere.
const run = async (check: HealthCheck, timeoutMs = 5_000) => {
  const scope = new TimerScope(systemClock)
  const surroundings = {
    endpoint: { id: 'east', zone: undefined, tags: {} },
    clock: systemClock,
    peers: { active: undefined, command: async () => 'PONG' },
    command: async () => 'PONG',
  }
  const outcome = await runCheck(check, surroundings, timeoutMs, {
    setWindow: (ms, callback) => scope.setDecision(ms, callback),
  })
  expect(scope.size).toBe(0)
  return outcome
}

const eventually = async (predicate: () => Promise<boolean>): Promise<void> => {
  for (let tries = 0; tries < 200 && !(await predicate()); tries += 1) await delay(10)
  expect(await predicate()).toBe(true)
}

const HEALTHY = { result: { healthy: true } }
const no = (reason: string) => ({ result: { healthy: false, reason } })

describe('http', () => {
  it('passes on 2xx, and leaves no socket behind', async () => {
    const url = await serve((_, response) => response.writeHead(204).end())
    expect(await run(http({ url }))).toEqual(HEALTHY)
    await eventually(async () => (await openSockets()) === 0)
  })

  it('says no on 500', async () => {
    const url = await serve((_, response) => response.writeHead(500).end('oops'))
    expect(await run(http({ url: `${url}?token=secret` }))).toEqual(no(`GET ${url} answered 500`))
  })

  it('does not follow redirects', async () => {
    const visited: (string | undefined)[] = []
    const url = await serve((request, response) => {
      visited.push(request.url)
      response.writeHead(302, { location: '/elsewhere' }).end()
    })
    expect(await run(http({ url }))).toEqual(no(`GET ${url} answered 302 (redirects are not followed)`))
    expect(visited).toEqual(['/health'])
  })

  it.each<[string, RequestListener]>([
    ['does not answer', () => {}],
    ['does not finish its answer', (_, response) => response.writeHead(200).write('begin')],
  ])('runs out of time where the service %s, and closes its socket', async (_, listener) => {
    const url = await serve(listener)
    expect(await run(http({ url }), 50)).toEqual({ timedOut: true })
    await eventually(async () => (await openSockets()) === 0)
  })

  it('reads a bounded part of a long body', async () => {
    let written = 0
    const megabytes = function* () {
      for (let sent = 0; sent < 160; sent += 1) {
        written += 65_536
        yield Buffer.alloc(65_536, 'x')
      }
    }
    const url = await serve((_, response) => void pipeline(megabytes, response).catch(() => {}))
    expect(await run(http({ url }))).toEqual(HEALTHY)
    const long = http({ url, expectBody: () => true })
    expect(await run(long)).toEqual(no(`the body from GET ${url} is longer than 65536 bytes`))
    await eventually(async () => (await openSockets()) === 0)
    // Socket buffers of both sides hold a few megabytes at the most; twice ten were offered.
    expect(written).toBeLessThan(18 * 2 ** 20)
  })

  it('judges the body where asked', async () => {
    const url = await serve((_, response) => response.end('status: grün'))
    expect(await run(http({ url, expectBody: (body) => body === 'status: grün' }))).toEqual(HEALTHY)
    expect(await run(http({ url, expectBody: () => false }))).toEqual(
      no(`the body from GET ${url} is not what was expected`),
    )
    expect(await run(http({ url, expectBody: () => unhealthy('in maintenance') }))).toEqual(no('in maintenance'))
    const broken = () => {
      throw new Error('broken judge')
    }
    expect(errorOf(await run(http({ url, expectBody: broken })))).toContain('broken judge')
  })

  it('accepts the statuses that it is told to', async () => {
    const url = await serve((_, response) => response.writeHead(429).end())
    expect(await run(http({ url, expectedStatus: [200, 429] }))).toEqual(HEALTHY)
    expect(await run(http({ url, expectedStatus: 200 }))).toEqual(no(`GET ${url} answered 429`))
  })

  it('sends method, headers and basic authentication', async () => {
    let seen: object = {}
    const url = await serve(({ method, headers }, response) => {
      seen = { method, team: headers['x-team'], authorization: headers.authorization }
      response.end()
    })
    const check = http({
      url,
      method: 'HEAD',
      headers: { 'X-Team': 'storage' },
      basicAuth: { username: 'app', password: 'a:b' },
    })
    expect(await run(check)).toEqual(HEALTHY)
    expect(seen).toEqual({
      method: 'HEAD',
      team: 'storage',
      authorization: `Basic ${Buffer.from('app:a:b').toString('base64')}`,
    })
  })

  it('reports a refused connection as its own, not as one of Redis', async () => {
    const url = await serve(() => {})
    servers.splice(0)[0]!.close()
    const outcome = await run(http({ url }))
    expect(errorOf(outcome)).toContain(`GET ${url} failed: the connection was refused (ECONNREFUSED)`)
    expect(outcome).not.toHaveProperty('error.code')
  })

  it('reports a service that hangs up', async () => {
    const url = await serve((request) => request.socket.destroy())
    expect(errorOf(await run(http({ url })))).toContain('failed: the peer reset the connection')
  })

  it('verifies certificates, against its own authority where one is given', async () => {
    const { ca, cert, key } = await createCertificates()
    const port = await listen(createSecureServer({ cert, key }, (_, response) => response.end()))
    const url = `https://127.0.0.1:${port}/`
    expect(errorOf(await run(http({ url })))).toContain('TLS failed')
    expect(await run(http({ url, ca }))).toEqual(HEALTHY)
    const other = await createCertificates()
    expect(errorOf(await run(http({ url, ca: [other.ca] })))).toContain('TLS failed')
  })

  it('reports a service that does not speak TLS', async () => {
    const url = await serve((_, response) => response.end())
    expect(errorOf(await run(http({ url: url.replace('http:', 'https:') })))).toMatch(/failed: .*(EPROTO|SSL)/)
  })
})

describe('the options of http', () => {
  const url = 'http://localhost/'
  it.each<[string, object]>([
    ['http.url is', {}],
    ['http.url is', { url: 'not a URL with secret' }],
    ['http.url is', { url: 'ftp://localhost/' }],
    ['http.url is', { url: 'http://app:secret@localhost/' }],
    ['http.method is "DELETE"', { url, method: 'DELETE' }],
    ['http.headers.x is', { url, headers: { x: 'secret\r\nInjected: 1' } }],
    ['http.headers.a b is', { url, headers: { 'a b': 'secret' } }],
    ['http.basicAuth.username is ""', { url, basicAuth: { username: '', password: 'secret' } }],
    ['http.basicAuth is', { url, basicAuth: { username: 'a:b', password: 'secret' } }],
    ['http.basicAuth is', { url, basicAuth: { username: 'a' } }],
    [
      'http.basicAuth is',
      { url, headers: { Authorization: 'secret' }, basicAuth: { username: 'a', password: 'secret' } },
    ],
    ['http.ca is 5', { url, ca: 5 }],
    ['http.expectedStatus is 99', { url, expectedStatus: 99 }],
    ['http.expectedStatus is an array of 0', { url, expectedStatus: [] }],
    ['http.expectBody is "ok"', { url, expectBody: 'ok' }],
    ['http.maxBodyBytes is 0', { url, maxBodyBytes: 0 }],
    ['http.rejectUnauthorized is', { url, rejectUnauthorized: false }],
  ])('are refused without showing a secret: %s', (message, options) => {
    const make = () => http(options as never)
    expect(make).toThrow(ConfigurationError)
    expect(make).toThrow(`Invalid configuration: ${message}`)
    expect(make).not.toThrow('secret')
  })
})
