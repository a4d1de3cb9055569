import { describe, expect, it } from 'vitest'
import { AmbiguousResultError } from '../../../src/index.ts'
import { ScriptedClientError } from '../../../src/testing.ts'
import { nothingLeft, type Sent, World } from '../group/world.ts'

const writesOf = (world: World, value: string) => world.adapter.log.filter(({ args }) => args[2] === value)

describe('a command whose connection is lost before its reply', () => {
  it('is repeated where it only reads', async () => {
    const world = await new World().start()
    await world.call(['SET', 'k', 'v'])
    world.east.slow(50)
    const read = world.send(['GET', 'k'])
    await world.advance(10)
    world.east.killConnections()
    await world.advance(500)
    expect(read).toMatchObject({ outcome: 'resolved', value: 'v' })
    expect(world.of('retry')).toHaveLength(0)
    await world.close()
  })

  it('is not repeated where it writes: the caller is told, with the cause', async () => {
    const world = await new World().start()
    await world.call(['GET', 'k'])
    world.east.slow(50)
    const write = world.send(['SET', 'k', 'once'])
    await world.advance(10)
    world.east.crash()
    await world.advance(500)
    expect(write.error).toSatisfy(AmbiguousResultError.isInstance)
    expect(write.error).toMatchObject({ maybeExecuted: true, command: 'SET', endpointId: 'east' })
    expect((write.error as Error).cause).toBeInstanceOf(ScriptedClientError)
    expect(writesOf(world, 'once').length).toBeLessThanOrEqual(1)
    await world.close()
  })

  it('is repeated where it was declared idempotent', async () => {
    const world = await new World({ retry: { isIdempotent: ([name]) => name === 'SET' } }).start()
    await world.call(['GET', 'k'])
    world.east.setMode('hung')
    const write = world.send(['SET', 'k', 'twice'])
    const increment = world.send(['INCR', 'n'])
    await world.advance(2000)
    expect(write.outcome).toBe('resolved')
    expect(world.west.valueOf('k')).toBe('twice')
    expect(increment.error).toSatisfy(AmbiguousResultError.isInstance)
    await world.close()
  })

  it('is not repeated because isIdempotent throws or answers nonsense', async () => {
    for (const isIdempotent of [
      () => {
        throw new Error('mine')
      },
      () => 'yes' as unknown as boolean,
    ]) {
      const world = await new World({ retry: { isIdempotent } }).start()
      await world.call(['GET', 'k'])
      world.east.slow(50)
      const write = world.send(['SET', 'k', 'v'])
      await world.advance(10)
      world.east.crash()
      await world.advance(500)
      expect(write.error).toSatisfy(AmbiguousResultError.isInstance)
      await world.close()
    }
  })

  it('is repeated where it blocks and only reads, but not where it blocks and was declared idempotent', async () => {
    const world = await new World({ retry: { isIdempotent: () => true } }).start()
    await world.call(['SET', 'k', 'v'])
    world.east.slow(50)
    const read = world.send(['GET', 'k'], { unit: 'blocking', readOnly: true })
    const write = world.send(['SET', 'k', 'w'], { unit: 'blocking' })
    await world.advance(10)
    world.east.crash()
    await world.advance(500)
    expect(read.outcome).toBe('resolved')
    expect(write.error).toSatisfy(AmbiguousResultError.isInstance)
    await world.close()
  })

  it('is not repeated as a transaction, even if it only reads', async () => {
    const world = await new World().start()
    await world.call(['GET', 'k'])
    world.east.slow(50)
    const read = world.send(['GET', 'k'], { unit: 'transaction', readOnly: true })
    await world.advance(10)
    world.east.crash()
    await world.advance(500)
    expect(read.error).toSatisfy(AmbiguousResultError.isInstance)
    await world.close()
  })

  it('is given up with retry: false', async () => {
    const world = await new World({ retry: false }).start()
    await world.call(['GET', 'k'])
    world.east.slow(50)
    const read = world.send(['GET', 'k'])
    await world.advance(10)
    world.east.crash()
    await world.advance(500)
    expect(read.outcome).toBe('rejected')
    await world.close()
  })
})

describe('a command that the server refused', () => {
  it.each(['loading', 'readOnly'] as const)(
    'because it is %s moves the group, and a write runs on the other, once',
    async (mode) => {
      const world = await new World().start()
      await world.call(['GET', 'k'])
      world.east.setMode(mode)
      const write = world.send(['SET', 'k', 'moved'])
      await world.advance(100)
      expect(write.outcome).toBe('resolved')
      expect(writesOf(world, 'moved').map(({ endpointId }) => endpointId)).toEqual(['west'])
      expect(world.of('failover')).toHaveLength(1)
      expect(world.of('failover')[0]).toMatchObject({
        reason: mode === 'loading' ? 'down' : 'not-writable',
        from: 'east',
      })
      await world.close()
    },
  )

  it('because it is a replica stays readable where no other can take over', async () => {
    const world = await new World({ endpoints: [{ id: 'east', options: {} }] }).start()
    await world.call(['SET', 'k', 'v'])
    world.east.setMode('readOnly')
    const write = world.send(['SET', 'k', 'w'])
    await world.advance(1000)
    expect((await world.call(['GET', 'k'])).value).toBe('v')
    expect(world.state('east')).toMatchObject({ state: 'up', writable: false })
    expect(write.outcome).toBe('pending')
    await world.advance(5000)
    expect(write.error).toMatchObject({ code: 'NO_ENDPOINT_AVAILABLE', causes: { east: 'not writable: read-only' } })
    expect(((write.error as Error).cause as Error).message).toContain('READONLY')
    expect(world.group.snapshot().waiting).toBe(0)
    await world.close()
  })

  it('because the roles are changing places waits for an endpoint that takes writes, in order and once', async () => {
    const world = await new World().start()
    await world.call(['SET', 'k', 'v'])
    world.west.setMode('readOnly')
    await world.advance(3000)
    world.east.setMode('readOnly')
    const writes = ['1', '2', '3'].map((value) => world.send(['SET', 'k', value]))
    await world.advance(300)
    expect(writes.map(({ outcome }) => outcome)).toEqual(['pending', 'pending', 'pending'])
    expect(world.group.snapshot().waiting).toBe(3)
    world.west.setMode('ok')
    await world.advance(1000)
    expect(writes.map(({ outcome }) => outcome)).toEqual(['resolved', 'resolved', 'resolved'])
    expect(
      world.adapter.log.filter(({ args }) => args[0] === 'SET' && args[2] !== 'v').map(({ args }) => args[2]),
    ).toEqual(['1', '2', '3'])
    expect(world.west.valueOf('k')).toBe('3')
    expect(world.group.snapshot().waiting).toBe(0)
    await world.close()
  })

  it('because none takes writes ends by its deadline, by the close of the group, and fails fast where nothing may wait', async () => {
    const endpoints = [{ id: 'east', options: {} }]
    const world = await new World({ endpoints, commandTimeout: 300 }).start()
    await world.call(['SET', 'k', 'v'])
    world.east.setMode('readOnly')
    const late = world.send(['SET', 'k', 'late'])
    await world.advance(400)
    expect(late.error).toMatchObject({ code: 'COMMAND_TIMEOUT', maybeExecuted: false })
    expect(world.group.snapshot().waiting).toBe(0)
    const closed = world.send(['SET', 'k', 'closed'])
    await world.advance(100)
    await world.close()
    expect(closed.error).toMatchObject({ code: 'GROUP_CLOSED' })

    const hasty = await new World({ endpoints, selectionTimeout: 0 }).start()
    await hasty.call(['SET', 'k', 'v'])
    hasty.east.setMode('readOnly')
    const refused = hasty.send(['SET', 'k', 'w'])
    await hasty.advance(200)
    expect((refused.error as Error).message).toContain('READONLY')
    await hasty.close()
  })

  it.each(['OOM', 'NOPERM', 'MISCONF'])('with %s reaches the caller, unless a switch follows', async (code) => {
    const world = await new World({ endpoints: [{ id: 'east', options: {} }] }).start()
    let attempts = 0
    const failed = world.route.run({
      name: 'SET',
      unit: 'command',
      readOnly: false,
      args: ['SET', 'k', 'v'],
      send: () => {
        attempts += 1
        return Promise.reject(new ScriptedClientError('reply', `${code} said the server`))
      },
    })
    await expect(failed).rejects.toThrow(code)
    expect(attempts).toBe(1)
    await world.close()
  })

  it('as one of a pipeline that writes is not repeated: the others may have run', async () => {
    const world = await new World().start()
    let attempts = 0
    const failed = world.route.run({
      name: 'pipeline',
      unit: 'pipeline',
      readOnly: false,
      args: undefined,
      send: () => {
        attempts += 1
        return Promise.reject(new ScriptedClientError('reply', 'LOADING Redis is loading'))
      },
    })
    await expect(failed).rejects.toThrow('LOADING')
    expect(attempts).toBe(1)
    await world.close()
  })

  it('with an error of its own is the caller’s affair, and says nothing of health', async () => {
    const world = await new World().start()
    await world.call(['LPUSH', 'l', 'a'], { readOnly: false })
    for (let call = 0; call < 50; call += 1) {
      const wrong = await world.call(['GET', 'l'])
      expect((wrong.error as Error).message).toContain('WRONGTYPE')
    }
    expect(world.state('east')).toMatchObject({ state: 'up', strikes: 0 })
    expect([world.switches.length, world.of('retry').length]).toEqual([0, 0])
    await world.close()
  })
})

describe('repeating', () => {
  it('ends after the configured attempts', async () => {
    const world = await new World({ endpoints: [{ id: 'east', options: {} }], retry: { attempts: 4 } }).start()
    let attempts = 0
    const failed = world.route.run({
      name: 'SET',
      unit: 'command',
      readOnly: false,
      args: ['SET'],
      send: () => {
        attempts += 1
        return Promise.reject(new ScriptedClientError('reply', 'ERR max number of clients reached'))
      },
    })
    failed.catch(() => {})
    await world.advance(2000)
    await expect(failed).rejects.toThrow('max number of clients')
    expect(attempts).toBe(4)
    await world.close()
  })

  it('covers repeats on an endpoint that loses one connection after the other and lives', async () => {
    const world = await new World({ endpoints: [{ id: 'east', options: {} }] }).start()
    world.east.slow(25)
    await world.call(['GET', 'k'])
    const reads: Sent[] = []
    let repeats = 0
    world.group.on('retry', () => {
      repeats += 1
    })
    for (let round = 0; round < 100; round += 1) {
      for (let i = 0; i < 20; i += 1) reads.push(world.send(['GET', 'k']))
      await world.advance(12)
      world.east.killConnections()
      await world.advance(88)
    }
    await world.advance(1000)
    expect(reads.every(({ outcome }) => outcome !== 'pending')).toBe(true)
    // One each for the first loss, of which nobody knew what it was.
    expect(repeats).toBeLessThanOrEqual(0.2 * reads.length + 10 * 11 + 100 + 20)
    expect(repeats).toBeGreaterThan(100)
    expect(world.of('retry-budget-exhausted').length).toBeGreaterThan(0)
    await world.close()
  })

  it('is limited by a budget, and says so', async () => {
    const world = await new World({
      endpoints: [{ id: 'east', options: {} }],
      retry: { retryBurst: 10, budget: 0.2 },
    }).start()
    let attempts = 0
    const errors: unknown[] = []
    for (let call = 0; call < 200; call += 1) {
      world.route
        .run({
          name: 'SET',
          unit: 'command',
          readOnly: false,
          args: ['SET'],
          send: () => {
            attempts += 1
            return Promise.reject(new ScriptedClientError('reply', 'ERR max number of clients reached'))
          },
        })
        .catch((error: unknown) => errors.push(error))
    }
    await world.advance(2000)
    expect(errors).toHaveLength(200)
    expect(attempts).toBeLessThanOrEqual(200 * 1.2 + 10 + 20 + 1)
    expect(world.of('retry-budget-exhausted').length).toBeGreaterThan(0)
    expect(errors.some((error) => (error as { retryBudgetExhausted?: true }).retryBudgetExhausted)).toBe(true)
    await world.close()
  })

  it('of a command that was never written follows at once where the connection turns out to be gone', async () => {
    const world = await new World().start()
    await world.call(['GET', 'k'])
    const lost = world.east.connections.find(({ id }) => id === world.route.current!.client.connectionId)!
    // As with a real client: the command is refused before the loss is reported.
    lost.destroy()
    const write = world.send(['SET', 'k', 'unsent'])
    await world.advance(50)
    expect(write.outcome).toBe('resolved')
    expect(writesOf(world, 'unsent')).toHaveLength(1)
    expect(world.switches).toEqual([])
    await world.close()
  })

  it('never runs a write twice, whatever happens', async () => {
    for (let seed = 0; seed < 6; seed += 1) {
      const world = await new World({}, seed).start()
      world.traffic(100, 100)
      const modes = ['crash', 'hung', 'kill', 'loading', 'readOnly', 'resetting'] as const
      for (let fault = 0; fault < 12; fault += 1) {
        const endpoint = fault % 3 === 0 ? world.west : world.east
        const kind = modes[(fault + seed) % modes.length]!
        if (kind === 'crash') endpoint.crash()
        else if (kind === 'kill') endpoint.killConnections()
        else endpoint.setMode(kind)
        await world.advance(400 + ((seed * 131 + fault * 977) % 2500))
        endpoint.restart()
        await world.advance(300 + ((seed * 57 + fault * 331) % 1500))
      }
      world.stopTraffic()
      await world.advance(6000)
      expect([world.duplicates, world.pending]).toEqual([0, 0])
      expect(await world.close()).toEqual(nothingLeft)
    }
  })

  it('does not hold commands for a route that was created before start()', async () => {
    const world = new World()
    const early = world.send(['SET', 'k', 'early'])
    await world.advance(100)
    expect(early.outcome).toBe('pending')
    await world.start()
    expect(early.outcome).toBe('resolved')
    await world.close()
  })
})
