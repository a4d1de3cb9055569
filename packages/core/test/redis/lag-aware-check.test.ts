import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { lagAware } from '../../src/health/checks/lag-aware.ts'
import { runCheck } from '../../src/health/run-check.ts'
import { systemClock } from '../../src/runtime/system-clock.ts'
import { TimerScope } from '../../src/runtime/timer-scope.ts'

let server: Server | undefined

/** A REST API of Redis Software that answers everything with one status. */
const startApi = async (status: number) => {
  const requests: IncomingMessage[] = []
  const started = createServer((request, response) => {
    requests.push(request)
    response.writeHead(status).end()
  })
  server = started
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(started.address() as AddressInfo).port}`, requests }
}

afterEach(() => new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve))))

const run = (check: ReturnType<typeof lagAware>) => {
  const scope = new TimerScope(systemClock)
  const surroundings = {
    endpoint: { id: 'east', zone: undefined, tags: {} },
    clock: systemClock,
    peers: { active: undefined, command: async () => 'PONG' },
    command: async () => 'PONG',
  }
  const timers = { setWindow: (ms: number, callback: () => void) => scope.setDecision(ms, callback) }
  return runCheck(check, surroundings, 2000, timers)
}

describe('lagAware', () => {
  it('asks for the database with a tolerance of 100 ms, and takes 200 for a yes', async () => {
    const { url, requests } = await startApi(200)
    const basicAuth = { username: 'admin', password: 'secret' }
    expect(await run(lagAware({ url, database: 7, basicAuth }))).toEqual({ result: { healthy: true } })
    expect(requests[0]?.url).toBe('/v1/bdbs/7/availability?extend_check=lag&availability_lag_tolerance_ms=100')
    expect(requests[0]?.headers.authorization).toBe(`Basic ${btoa('admin:secret')}`)
  })

  it('asks the node itself in the local form, and takes 503 for a no', async () => {
    const { url, requests } = await startApi(503)
    const outcome = await run(lagAware({ url, database: 7, form: 'local-endpoint', tolerance: 250 }))
    expect(outcome).toMatchObject({ result: { healthy: false } })
    expect(requests[0]?.url).toBe(
      '/v1/local/bdbs/7/endpoint/availability?extend_check=lag&availability_lag_tolerance_ms=250',
    )
  })

  it.each([
    ['database', { url: 'https://cluster:9443', database: 0 }],
    ['tolerance', { url: 'https://cluster:9443', database: 1, tolerance: 0 }],
    ['form', { url: 'https://cluster:9443', database: 1, form: 'remote' as never }],
    ['url', { url: 'cluster:port', database: 1 }],
    ['host', { url: 'https://cluster:9443', database: 1, host: 'x' } as never],
  ])('refuses a wrong %s', (field, options) => {
    expect(() => lagAware(options)).toThrow(`lagAware.${field}`)
  })
})
