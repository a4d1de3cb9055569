import { describe, expect, it } from 'vitest'
import type { AdapterConnection } from '../../../src/adapter/client-adapter.ts'
import { createScriptedAdapter, type ScriptedClient, type ScriptedMode, VirtualClock } from '../../../src/testing.ts'

const setUp = () => {
  const clock = new VirtualClock()
  const adapter = createScriptedAdapter({ clock })
  const east = adapter.endpoint('east')
  const lost: unknown[] = []
  const make = (endpointId = 'east', onLost: (error: unknown) => void = (error) => lost.push(error)) =>
    adapter.createConnection({ endpointId, options: {}, purpose: 'data', connectTimeout: 1_000, onLost })
  const connect = async (): Promise<AdapterConnection<ScriptedClient>> => {
    const connection = make()
    const connected = connection.connect()
    await clock.advance(1)
    await connected
    return connection
  }
  return { clock, adapter, east, lost, make, connect }
}

/** Settles into a word or a value that a test can compare at any time. */
const watch = (promise: Promise<unknown>) => {
  const watched: { outcome: unknown; error: unknown } = { outcome: 'pending', error: undefined }
  promise.then(
    (value) => (watched.outcome = value),
    (error) => Object.assign(watched, { outcome: 'rejected', error }),
  )
  return watched
}

const run = async (
  clock: VirtualClock,
  connection: AdapterConnection<ScriptedClient>,
  ...args: string[]
): Promise<unknown> => {
  const reply = connection.command(args)
  const settled = watch(reply)
  await clock.runUntil(() => settled.outcome !== 'pending')
  return reply
}

describe('a scripted endpoint that is ok', () => {
  it('connects and answers within its latency', async () => {
    const { clock, make, east } = setUp()
    const connection = make()
    expect(connection.isUsable()).toBe(false)
    const connected = watch(connection.connect())
    expect(await clock.runUntil(() => connected.outcome !== 'pending')).toBeCloseTo(0.2)
    expect(connection.isUsable()).toBe(true)
    expect(await run(clock, connection, 'PING')).toBe('PONG')
    expect(clock.now()).toBeCloseTo(0.4)
    expect(east.connections).toHaveLength(1)
  })

  it('keeps values, with their time to live', async () => {
    const { clock, connect, east } = setUp()
    const connection = await connect()
    expect(await run(clock, connection, 'SET', 'k', 'v', 'PX', '100')).toBe('OK')
    expect(await run(clock, connection, 'SET', 'k', 'w', 'NX')).toBeNull()
    expect(await run(clock, connection, 'GET', 'k')).toBe('v')
    await clock.advance(100)
    expect(await run(clock, connection, 'GET', 'k')).toBeNull()
    expect(await run(clock, connection, 'SET', 'k', 'w', 'NX', 'EX', '1')).toBe('OK')
    expect(east.valueOf('k')).toBe('w')
    expect(await run(clock, connection, 'DEL', 'k', 'other')).toBe(1)
    expect(await run(clock, connection, 'INCR', 'n')).toBe(1)
    expect(await run(clock, connection, 'INCR', 'n')).toBe(2)
    expect(await run(clock, connection, 'MSET', 'one', '1', 'two', '2')).toBe('OK')
    expect([east.valueOf('one'), east.valueOf('two')]).toEqual(['1', '2'])
    await expect(run(clock, connection, 'MSET', 'one')).rejects.toThrow('wrong number of arguments')
    expect(await run(clock, connection, 'LPUSH', 'l', 'a', 'b')).toBe(2)
    expect(await run(clock, connection, 'LRANGE', 'l', '0', '-1')).toEqual(['b', 'a'])
    expect(await run(clock, connection, 'ROLE')).toEqual(['master', 0, []])
    expect(await run(clock, connection, 'INFO', 'server')).toContain(`run_id:${east.runId}`)
    await expect(run(clock, connection, 'GET', 'l')).rejects.toThrow('WRONGTYPE')
    await expect(run(clock, connection, 'NOPE')).rejects.toThrow('unknown command')
  })

  it('writes down what it executed, when, and on which connection', async () => {
    const { clock, connect, adapter, east } = setUp()
    const connection = await connect()
    await run(clock, connection, 'SET', 'k', 'v')
    expect(east.log).toEqual([
      { at: 1.1, endpointId: 'east', connectionId: connection.client.connectionId, args: ['SET', 'k', 'v'] },
    ])
    expect(adapter.log).toEqual(east.log)
  })

  it('counts the bytes it received', async () => {
    const { clock, connect, east } = setUp()
    const connection = await connect()
    expect(connection.bytesRead()).toBe(0)
    await run(clock, connection, 'PING')
    const before = connection.bytesRead()!
    expect(before).toBeGreaterThan(0)
    east.connections[0]!.receivePart(1_000)
    expect(connection.bytesRead()).toBe(before + 1_000)
  })

  it('keeps replies in order while its latency varies', async () => {
    const { clock, connect, east } = setUp()
    const connection = await connect()
    const order: unknown[] = []
    for (const ms of [500, 10, 1]) {
      east.slow(ms)
      void connection.command(['ECHO', String(ms)]).then((reply) => order.push(reply))
    }
    await clock.advance(1_000)
    expect(order).toEqual(['500', '10', '1'])
  })
})

describe('a hung scripted endpoint', () => {
  it('answers neither connections nor commands, and works both off when it resumes', async () => {
    const { clock, connect, make, east } = setUp()
    const connection = await connect()
    east.setMode('hung')
    const fresh = watch(make().connect())
    const reply = watch(connection.command(['INCR', 'n']))
    await clock.advance(60_000)
    expect([fresh.outcome, reply.outcome, east.log.length]).toEqual(['pending', 'pending', 0])
    east.setMode('ok')
    await clock.advance(1)
    expect([fresh.outcome, reply.outcome]).toEqual([undefined, 1])
  })

  it('executes late what was written before its client gave up', async () => {
    const { clock, connect, east } = setUp()
    const connection = await connect()
    east.setMode('hung')
    const reply = watch(connection.command(['INCR', 'n']))
    await clock.advance(1)
    connection.destroy()
    await clock.advance(5_000)
    expect(reply.error).toMatchObject({ kind: 'destroyed' })
    east.setMode('ok')
    await clock.advance(1)
    expect(east.valueOf('n')).toBe('1')
  })

  it('loses what it had not executed when it crashes', async () => {
    const { clock, connect, make, east, lost } = setUp()
    const connection = await connect()
    east.setMode('hung')
    const reply = watch(connection.command(['INCR', 'n']))
    const fresh = watch(make().connect())
    await clock.advance(1)
    east.crash()
    await clock.advance(1)
    expect(reply.error).toMatchObject({ kind: 'lost' })
    expect(fresh.error).toMatchObject({ code: 'ECONNRESET' })
    expect(lost).toHaveLength(1)
    const { runId } = east
    east.restart()
    await clock.advance(1)
    expect(east.log).toEqual([])
    expect(east.runId).not.toBe(runId)
  })
})

describe('a lost scripted connection', () => {
  it('reports the loss once, before it rejects what was in flight', async () => {
    const { clock, make, east, adapter } = setUp()
    const order: string[] = []
    const connection = make('east', () => order.push('lost'))
    const connected = connection.connect()
    await clock.advance(1)
    await connected
    east.setMode('hung')
    const replies = [1, 2].map((n) =>
      connection.command(['PING']).catch((error: unknown) => {
        order.push(`reply ${n}`)
        return error
      }),
    )
    east.killConnections()
    east.killConnections()
    await clock.advance(1)
    expect(order).toEqual(['lost', 'reply 1', 'reply 2'])
    expect(adapter.classifyError(await replies[0])).toMatchObject({
      attempt: 'ambiguous',
      evidence: { weight: 'hard', reason: 'connection-lost' },
    })
    expect(connection.isUsable()).toBe(false)
    expect(east.mode).toBe('hung')
    expect(east.connections).toEqual([])
  })

  it('refuses commands as unsent', async () => {
    const { clock, connect, east, adapter } = setUp()
    const connection = await connect()
    east.killConnections()
    await clock.advance(1)
    const error = await connection.command(['PING']).catch((reason: unknown) => reason)
    expect(adapter.classifyError(error)).toMatchObject({ attempt: 'unsent', evidence: { weight: 'none' } })
  })

  it('is not reported when its owner destroyed it, and rejects in that turn', async () => {
    const { clock, connect, adapter, lost, east } = setUp()
    const connection = await connect()
    const reply = watch(connection.command(['PING']))
    connection.destroy()
    connection.destroy()
    await null
    await null
    expect(adapter.classifyError(reply.error)).toMatchObject({ attempt: 'ambiguous', evidence: { weight: 'none' } })
    await clock.advance(10)
    expect(lost).toEqual([])
    expect(east.connections).toEqual([])
  })

  it('settles connect() when destroyed meanwhile', async () => {
    const { make, east, clock, lost } = setUp()
    east.setMode('hung')
    const connection = make()
    const connected = watch(connection.connect())
    await clock.advance(1)
    connection.destroy()
    await clock.advance(0)
    expect(connected.error).toMatchObject({ kind: 'destroyed' })
    expect(lost).toEqual([])
  })

  it('notices nothing when it is a black hole', async () => {
    const { clock, connect, east, lost } = setUp()
    const connection = await connect()
    const other = await connect()
    east.connections[0]!.blackhole()
    const reply = watch(connection.command(['PING']))
    expect(await run(clock, other, 'PING')).toBe('PONG')
    east.crash()
    await clock.advance(60_000)
    expect(reply.outcome).toBe('pending')
    expect(connection.isUsable()).toBe(true)
    expect(lost).toHaveLength(1)
  })
})

describe('the modes of a scripted endpoint', () => {
  const refusals: [ScriptedMode, string, object][] = [
    ['refusing', 'ECONNREFUSED', { weight: 'conclusive', reason: 'connection-refused' }],
    ['nameNotFound', 'ENOTFOUND', { weight: 'refuses-connections', reason: 'name-not-found' }],
    ['wrongPassword', 'WRONGPASS', { weight: 'refuses-connections', reason: 'authentication-failed' }],
    ['tooManyConnections', 'max number of clients', { weight: 'refuses-connections', reason: 'too-many-connections' }],
  ]
  it.each(refusals)('%o rejects new connections and keeps the old', async (mode, message, evidence) => {
    const { clock, connect, make, east, adapter } = setUp()
    const old = await connect()
    east.setMode(mode)
    const connected = watch(make().connect())
    await clock.advance(1)
    expect(String(connected.error)).toContain(message)
    expect(adapter.classifyError(connected.error).evidence).toMatchObject(evidence)
    expect(await run(clock, old, 'PING')).toBe('PONG')
    east.setMode('ok')
    await connect()
  })

  it('loading answers LOADING and executes nothing', async () => {
    const { clock, connect, east, adapter } = setUp()
    east.setMode('loading')
    const connection = await connect()
    const error = await run(clock, connection, 'PING').catch((reason: unknown) => reason)
    expect(adapter.classifyError(error)).toMatchObject({
      attempt: 'rejected',
      evidence: { weight: 'conclusive', reason: 'loading' },
    })
    expect(east.log).toEqual([])
  })

  it('readOnly refuses writes, reads on, and says that it is a replica', async () => {
    const { clock, connect, east, adapter } = setUp()
    east.setMode('readOnly')
    const connection = await connect()
    const error = await run(clock, connection, 'SET', 'k', 'v').catch((reason: unknown) => reason)
    expect(adapter.classifyError(error)).toMatchObject({ attempt: 'rejected', evidence: { weight: 'not-writable' } })
    expect(await run(clock, connection, 'GET', 'k')).toBeNull()
    expect(await run(clock, connection, 'ROLE')).toContain('slave')
  })

  it('resetting closes what there is, and each new connection at its first command, after executing it', async () => {
    const { clock, connect, east, lost, adapter } = setUp()
    await connect()
    east.setMode('resetting')
    const connection = await connect()
    expect(lost).toHaveLength(1)
    const error = await run(clock, connection, 'INCR', 'n').catch((reason: unknown) => reason)
    expect(adapter.classifyError(error)).toMatchObject({ attempt: 'ambiguous', evidence: { weight: 'hard' } })
    expect(east.valueOf('n')).toBe('1')
    expect(lost).toHaveLength(2)
  })

  it('executes during a stall of our process, and delivers the reply after it', async () => {
    const { clock, connect, east } = setUp()
    const connection = await connect()
    const reply = watch(connection.command(['INCR', 'n']))
    clock.stall(1_000)
    expect(east.log[0]!.at).toBeCloseTo(1.1)
    expect(reply.outcome).toBe('pending')
    await clock.advance(0)
    expect(reply.outcome).toBe(1)
    expect(clock.now()).toBe(1_001)
  })
})
