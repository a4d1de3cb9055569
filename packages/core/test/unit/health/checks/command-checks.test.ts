import { describe, expect, it } from 'vitest'
import { command } from '../../../../src/health/checks/command.ts'
import { keyValue } from '../../../../src/health/checks/key-value.ts'
import { ping } from '../../../../src/health/checks/ping.ts'
import { setGet } from '../../../../src/health/checks/set-get.ts'
import { type HealthCheck, unhealthy } from '../../../../src/health/health-check.ts'
import { executeCommand } from '../../../../src/testing/scripted/scripted-commands.ts'
import { checkBench, errorOf } from './check-bench.ts'

type Server = Parameters<typeof executeCommand>[0]

const makeServer = (): { -readonly [K in keyof Server]: Server[K] } => ({
  keys: new Map(),
  role: 'master',
  runId: '0',
  replicationInfo: () => '',
  now: 0,
})

/** A bench before a server that executes at once; `before` may interfere ahead of each command. */
const serverBench = (before: (args: readonly string[], server: Server) => void = () => {}) => {
  const server = makeServer()
  const sent: string[][] = []
  const bench = checkBench(async (args) => {
    const text = args.map(String)
    sent.push(text)
    before(text, server)
    return executeCommand(server, text)
  })
  return { ...bench, server, sent }
}

const HEALTHY = { result: { healthy: true } }
const no = (reason: string) => ({ result: { healthy: false, reason } })

describe('ping', () => {
  it('passes on PONG, as text or as a buffer', async () => {
    expect(await serverBench().run(ping())).toEqual(HEALTHY)
    expect(await checkBench(async () => Buffer.from('PONG')).run(ping())).toEqual(HEALTHY)
  })

  it('throws on an answer to another question, so that the connection is replaced', async () => {
    expect(errorOf(await checkBench(async () => 'OK').run(ping()))).toContain('something else than PONG')
  })

  it('passes on the error of the server', async () => {
    const { run } = checkBench(() => Promise.reject(new Error('LOADING Redis is loading')))
    expect(errorOf(await run(ping()))).toContain('LOADING')
  })
})

describe('setGet', () => {
  it('reads back what it wrote, under a key of its own that vanishes', async () => {
    const { run, sent } = serverBench()
    const check = setGet({ ttl: 2_000 })
    expect(await run(check)).toEqual(HEALTHY)
    expect(await run(check)).toEqual(HEALTHY)
    const [first, , second] = sent
    expect(first).toEqual([
      'SET',
      expect.stringMatching(/^redis-endpoint-failover:health:.+:east$/),
      expect.any(String),
      'PX',
      '2000',
    ])
    expect(second![1]).toBe(first![1])
    expect(second![2]).not.toBe(first![2])
  })

  it('uses another key for each check and each endpoint', async () => {
    const { run, sent } = serverBench()
    const check = setGet({ key: 'app:' })
    await run(check)
    await run(check, 500, 'west')
    await run(setGet({ key: 'app:' }))
    const keys = sent.filter(([name]) => name === 'SET').map(([, key]) => key!)
    expect(new Set(keys).size).toBe(3)
    expect(keys.every((key) => key.startsWith('app:'))).toBe(true)
  })

  it.each<[string, (key: string, server: Server) => void]>([
    ['FLUSHALL', (_, server) => server.keys.clear()],
    [
      'somebody who puts another type there',
      (key, server) => server.keys.set(key, { data: ['x'], expiresAt: Infinity }),
    ],
    [
      'an older write that executes late',
      (key, server) => server.keys.set(key, { data: 'older', expiresAt: Infinity }),
    ],
  ])('survives %s between its SET and its GET', async (_, interfere) => {
    let times = 0
    const { run } = serverBench(([name, key], server) => {
      if (name !== 'GET') return
      times += 1
      if (times === 1) interfere(key!, server)
    })
    expect(await run(setGet())).toEqual(HEALTHY)
    expect(times).toBe(2)
  })

  it('replaces whatever is at its key', async () => {
    const { run } = serverBench(([name, key], server) => {
      if (name === 'SET') server.keys.set(key!, { data: ['a', 'list'], expiresAt: Infinity })
    })
    expect(await run(setGet())).toEqual(HEALTHY)
  })

  it('says no where a write is lost twice, or something else is read', async () => {
    const lossy = serverBench(([name], server) => void (name === 'GET' && server.keys.clear()))
    expect(await lossy.run(setGet())).toEqual(no('what was written could not be read back'))
    const lying = checkBench(async () => 'always this')
    expect(await lying.run(setGet())).toEqual(no('what was read is not what was written'))
  })

  it('passes on a refused write, and does not try again', async () => {
    const { run, server, sent } = serverBench()
    server.role = 'slave'
    expect(errorOf(await run(setGet()))).toContain('READONLY')
    expect(sent).toHaveLength(1)
  })

  it('shows a capability', () => {
    expect(setGet()).toMatchObject({ name: 'setGet', capability: true })
  })
})

describe('command', () => {
  it('is satisfied with any reply by default, and named after the command', async () => {
    const check = command({ args: ['role'] })
    expect(check.name).toBe('ROLE')
    expect(await serverBench().run(check)).toEqual(HEALTHY)
  })

  it('judges the reply by a predicate, or by the result that it gives', async () => {
    const { run } = serverBench()
    expect(await run(command({ args: ['PING'], expect: (reply) => reply === 'PONG' }))).toEqual(HEALTHY)
    expect(await run(command({ args: ['ECHO', 'secret'], expect: () => false }))).toEqual(
      no('the reply to ECHO is not what was expected'),
    )
    expect(await run(command({ args: ['ROLE'], expect: () => unhealthy('a replica') }))).toEqual(no('a replica'))
  })

  it('fails, and does not crash, where the predicate throws or returns something else', async () => {
    const { run } = serverBench()
    const broken = command({
      args: ['PING'],
      expect: () => {
        throw new Error('broken predicate')
      },
    })
    expect(errorOf(await run(broken))).toContain('broken predicate')
    expect(errorOf(await run(command({ args: ['PING'], expect: (async () => true) as never })))).toContain(
      'expect must return true, false',
    )
  })
})

describe('keyValue', () => {
  it('compares as text', async () => {
    const { run, server } = serverBench()
    server.keys.set('serving', { data: '1', expiresAt: Infinity })
    expect(await run(keyValue({ key: 'serving', value: 1 }))).toEqual(HEALTHY)
    expect(await run(keyValue({ key: 'serving', value: '0' }))).toEqual(no('the agreed key holds another value'))
  })

  it('says no where the key is missing or holds another type, without naming it', async () => {
    const { run, server } = serverBench()
    expect(await run(keyValue({ key: 'k', value: 'v' }))).toEqual(no('the agreed key does not exist'))
    server.keys.set('k', { data: [], expiresAt: Infinity })
    expect(await run(keyValue({ key: 'k', value: 'v' }))).toEqual(no('the agreed key holds another type'))
  })

  it('passes on other errors', async () => {
    const { run } = checkBench(() => Promise.reject(new Error('NOPERM no permissions')))
    expect(errorOf(await run(keyValue({ key: 'k', value: 'v' })))).toContain('NOPERM')
  })
})

describe('the options of checks', () => {
  it('name, limit and place a check', () => {
    const options = { name: 'mine', timeout: 200, governs: 'eligibility' } as const
    for (const check of [
      ping(options),
      setGet(options),
      command({ ...options, args: ['PING'] }),
      keyValue({ ...options, key: 'k', value: 'v' }),
    ]) {
      expect(check).toMatchObject(options)
    }
  })

  it.each<[string, () => HealthCheck]>([
    ['ping.timeout is -1', () => ping({ timeout: -1 })],
    ['ping.interval is', () => ping({ interval: 1 } as never)],
    ['ping is null', () => ping(null as never)],
    ['ping.name is ""', () => ping({ name: '' })],
    ['setGet.ttl is 10', () => setGet({ ttl: 10 })],
    ['setGet.ttl is 1000.5', () => setGet({ ttl: 1000.5 })],
    ['setGet.key is ""', () => setGet({ key: '' })],
    ['command.args is an array of 0', () => command({ args: [] })],
    ['command.args is "PING"', () => command({ args: 'PING' as never })],
    ['command.args is an array of 2', () => command({ args: ['GET', null as never] })],
    ['command.expect is 5', () => command({ args: ['PING'], expect: 5 as never })],
    ['command.governs is "all"', () => command({ args: ['PING'], governs: 'all' as never })],
    ['keyValue.key is undefined', () => keyValue({ value: 'v' } as never)],
    ['keyValue.value is undefined', () => keyValue({ key: 'k' } as never)],
  ])('are refused at construction: %s', (message, make) => {
    expect(make).toThrow(`Invalid configuration: ${message}`)
  })
})
