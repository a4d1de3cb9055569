import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { CommandAbortedError, CommandTimeoutError, ConfigurationError } from '../../../src/index.ts'
import { ScriptedClientError } from '../../../src/testing.ts'
import { nothingLeft, type Sent, World } from '../group/world.ts'

const alone = { endpoints: [{ id: 'east', options: {} }] }
const longAfter = (sent: Sent): number => sent.settledAt! - sent.at

describe('a command with a deadline', () => {
  it('is given up when its time is over, and not before, while the server hangs', async () => {
    const world = await new World({ ...alone, commandTimeout: 120 }).start()
    world.east.setMode('hung')
    const read = world.send(['GET', 'k'])
    const write = world.send(['SET', 'k', 'v'])
    await world.advance(119)
    expect([read.outcome, write.outcome]).toEqual(['pending', 'pending'])
    await world.advance(3)
    expect(read.error).toSatisfy(CommandTimeoutError.isInstance)
    expect(read.error).toMatchObject({ timeoutMs: 120, endpointId: 'east', maybeExecuted: false, command: 'GET' })
    expect(write.error).toMatchObject({ code: 'COMMAND_TIMEOUT', endpointId: 'east', maybeExecuted: true })
    expect((write.error as Error).message).toMatch(/^Command timed out: SET .*"east" within 120 ms\. .*check the data/)
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('has its whole time, whatever the application does between two calls of one turn', async () => {
    const world = await new World({ ...alone, commandTimeout: 100 }).start()
    world.east.setMode('hung')
    const first = world.send(['GET', 'k'])
    world.clock.stall(35)
    const second = world.send(['GET', 'k'])
    await world.advance(99)
    expect(second.outcome).toBe('pending')
    await world.advance(3)
    expect([first.outcome, second.outcome]).toEqual(['rejected', 'rejected'])
    expect(longAfter(second)).toBeGreaterThanOrEqual(100)
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('leaves its neighbours on the connection alone', async () => {
    const world = await new World(alone).start()
    await world.call(['GET', 'k'])
    world.east.slow(300)
    const patient = Array.from({ length: 49 }, () => world.send(['GET', 'k'], { limits: { timeout: 500 } }))
    const hasty = world.send(['GET', 'k'], { limits: { timeout: 50 } })
    await world.advance(60)
    expect(hasty.error).toSatisfy(CommandTimeoutError.isInstance)
    await world.advance(300)
    expect(patient.every(({ outcome }) => outcome === 'resolved')).toBe(true)
    expect([world.route.current?.inFlight, world.switches.length]).toEqual([0, 0])
    await world.close()
  })

  it('is not sent any more: it leaves the queue of those that wait for an endpoint', async () => {
    const world = await new World({ ...alone, commandTimeout: 200 }).start()
    world.east.crash()
    await world.advance(50)
    const write = world.send(['SET', 'k', 'late'])
    expect(world.group.snapshot().waiting).toBe(1)
    await world.advance(205)
    expect(write.error).toMatchObject({ code: 'COMMAND_TIMEOUT', endpointId: undefined, maybeExecuted: false })
    expect(world.group.snapshot().waiting).toBe(0)
    world.east.restart()
    await world.advance(3000)
    expect(world.adapter.log.filter(({ args }) => args[2] === 'late')).toEqual([])
    await world.close()
  })

  it('is not repeated after it, and the pause before the repeat ends with it', async () => {
    const world = await new World({ ...alone, retry: { attempts: 10 } }).start()
    let attempts = 0
    const refused = world.route.run({
      name: 'SET',
      unit: 'command',
      readOnly: false,
      args: ['SET'],
      limits: { timeout: 30 },
      send: () => {
        attempts += 1
        return Promise.reject(new ScriptedClientError('reply', 'ERR max number of clients reached'))
      },
    })
    const outcome = expect(refused).rejects.toMatchObject({ code: 'COMMAND_TIMEOUT', maybeExecuted: false })
    await world.advance(31)
    await outcome
    const before = attempts
    await world.advance(3000)
    expect(attempts).toBe(before)
    await world.close()
  })

  it('may have executed where an attempt before the last one may have', async () => {
    const world = await new World({ retry: { isIdempotent: () => true } }).start()
    await world.call(['GET', 'k'])
    world.east.slow(50)
    world.west.setMode('hung')
    const write = world.send(['SET', 'k', 'v'], { limits: { timeout: 400 } })
    await world.advance(10)
    world.east.crash()
    await world.advance(500)
    expect(write.error).toMatchObject({ code: 'COMMAND_TIMEOUT', maybeExecuted: true })
    await world.close()
  })

  it('has its late reply consumed: it shows that the endpoint lives, and is no success', async () => {
    const world = await new World({ ...alone, commandTimeout: 50 }).start()
    await world.call(['GET', 'k'])
    const connection = world.route.current!
    connection.takeSuccesses()
    world.east.slow(150)
    const read = world.send(['GET', 'k'])
    await world.advance(60)
    expect([read.outcome, connection.inFlight]).toEqual(['rejected', 1])
    await world.advance(150)
    expect([connection.inFlight, connection.takeSuccesses(), connection.failed]).toEqual([0, 0, 0])
    await world.close()
  })

  it('is a failure for the failure detector, which asks a probe; alone it is no strike', async () => {
    const world = await new World({ commandTimeout: 50 }).start()
    await world.call(['GET', 'k'])
    world.east.slow(80)
    for (let call = 0; call < 4; call += 1) world.send(['GET', 'k'])
    await world.advance(60)
    expect(world.state('east')).toMatchObject({ state: 'up', strikes: 0 })
    world.send(['GET', 'k'])
    await world.advance(51)
    expect(world.state('east').state).toBe('suspect')
    await world.advance(500)
    // The probe was answered.
    expect([world.state('east').state, world.switches.length]).toEqual(['up', 0])
    await world.close()
  })

  it('that blocks gets its block time on top, and none where it may block for ever', async () => {
    const world = await new World({ ...alone, commandTimeout: 100 }).start()
    world.east.setMode('hung')
    const sent = [
      world.send(['BLPOP', 'list', '2'], { unit: 'blocking' }),
      world.send(['BLPOP', 'list', '0'], { unit: 'blocking' }),
      world.send(['BLPOP', 'list', '0'], { unit: 'blocking', limits: { timeout: 300 } }),
    ]
    await world.advance(305)
    expect(sent.map(({ outcome }) => outcome)).toEqual(['pending', 'pending', 'rejected'])
    await world.close()
  })

  it('costs no timer of its own', async () => {
    const world = await new World({ ...alone, commandTimeout: 5000 }).start()
    await world.call(['GET', 'k'])
    world.east.slow(10)
    const before = world.clock.pendingTimers
    for (let call = 0; call < 10_000; call += 1) world.send(['GET', 'k'])
    expect(world.clock.pendingTimers - before).toBeLessThanOrEqual(2)
    await world.advance(20)
    expect(world.clock.pendingTimers).toBeLessThanOrEqual(before + 1)
    await world.close()
  })

  it('has the time of its client, where that has one of its own', async () => {
    const world = await new World({ ...alone, commandTimeout: 50 }).start()
    const patient = world.group.createRoute({ commandTimeout: 500 })
    const endless = world.group.createRoute({ commandTimeout: 0 })
    world.east.setMode('hung')
    const sent = [
      world.send(['GET', 'k']),
      world.send(['GET', 'k'], { route: patient }),
      world.send(['GET', 'k'], { route: endless }),
    ]
    await world.advance(60)
    expect(sent.map(({ outcome }) => outcome)).toEqual(['rejected', 'pending', 'pending'])
    await world.close()
  })

  it('must have one that makes sense', async () => {
    for (const commandTimeout of [0, -1, Number.NaN, '5'])
      expect(() => new World({ commandTimeout: commandTimeout as number })).toThrow(ConfigurationError)
    const world = await new World().start()
    for (const timeout of [-1, Number.NaN, Infinity]) {
      const refused = await world.call(['GET', 'k'], { limits: { timeout } })
      expect(refused.error).toSatisfy(ConfigurationError.isInstance)
    }
    await world.close()
  })

  it('settles exactly once, in the order of the deadlines, whatever comes between', async () => {
    const world = await new World({ ...alone, health: false }).start()
    await world.call(['GET', 'k'])
    world.east.setMode('hung')
    const sent: Sent[] = []
    for (let call = 0; call < 300; call += 1) {
      sent.push(world.send(['GET', 'k'], { limits: { timeout: 50 + ((call * 37) % 5) * 40 } }))
      if (call % 10 === 0) await world.advance(1)
    }
    await world.advance(300)
    for (const call of sent) {
      expect(call.error).toSatisfy(CommandTimeoutError.isInstance)
      const late = longAfter(call) - (call.error as CommandTimeoutError).timeoutMs
      expect(late).toBeGreaterThanOrEqual(0)
      expect(late).toBeLessThanOrEqual(2)
    }
    await world.close()
  })
})

describe('a command with an AbortSignal', () => {
  it('is given up at once, in flight and while it waits, and says nothing about the endpoint', async () => {
    const world = await new World(alone).start()
    await world.call(['GET', 'k'])
    world.east.slow(100)
    const controller = new AbortController()
    const write = world.send(['SET', 'k', 'v'], { limits: { signal: controller.signal } })
    await world.advance(10)
    controller.abort(new Error('not needed'))
    await world.advance(0)
    expect(write.error).toSatisfy(CommandAbortedError.isInstance)
    expect(write.error).toMatchObject({ name: 'AbortError', maybeExecuted: true, cause: { message: 'not needed' } })
    await world.advance(200)
    expect(world.state('east')).toMatchObject({ state: 'up', strikes: 0 })
    expect(world.route.current?.inFlight).toBe(0)

    world.east.crash()
    await world.advance(50)
    const second = new AbortController()
    const waiting = world.send(['SET', 'k', 'waiting'], { limits: { signal: second.signal } })
    second.abort()
    await world.advance(0)
    expect(waiting.error).toMatchObject({ name: 'AbortError', maybeExecuted: false, endpointId: undefined })
    expect(world.group.snapshot().waiting).toBe(0)
    await world.close()
  })

  it('that is aborted already is not sent', async () => {
    const world = await new World(alone).start()
    const write = await world.call(['SET', 'k', 'never'], { limits: { signal: AbortSignal.abort('why') } })
    expect(write.error).toMatchObject({ name: 'AbortError', maybeExecuted: false, cause: 'why' })
    expect(world.adapter.log.filter(({ args }) => args[2] === 'never')).toEqual([])
    await world.close()
  })

  it('leaves no listener behind, however many share the signal', async () => {
    const world = await new World(alone).start()
    await world.call(['GET', 'k'])
    const { signal } = new AbortController()
    for (let call = 0; call < 10_000; call += 1) world.send(['GET', 'k'], { limits: { signal, timeout: 1000 } })
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    await world.advance(10)
    expect([world.pending, getEventListeners(signal, 'abort').length]).toEqual([0, 0])
    await world.close()
  })
})
