import { describe, expect, it } from 'vitest'
import { CommandTimeoutError, GroupClosedError, NoEndpointAvailableError } from '../../../src/index.ts'
import { nothingLeft, settle } from '../group/world.ts'
import { startPubSub } from './pub-sub-world.ts'

describe('subscribing', () => {
  it('delivers what is published to channels, patterns and shard channels, and says which it was', async () => {
    const world = await startPubSub()
    const { subscriber, east } = world
    const done = settle(
      Promise.all([
        subscriber.subscribe('channel', ['a', 'b']),
        subscriber.subscribe('pattern', ['a*']),
        subscriber.subscribe('shardChannel', ['s']),
      ]),
    )
    await world.clock.runUntil(() => done.outcome === 'resolved')
    east.publish('a', '1')
    east.publish('s', '2')
    await world.advance(5)
    expect(world.received).toEqual([
      { kind: 'channel', message: '1', channel: 'a', pattern: undefined },
      { kind: 'pattern', message: '1', channel: 'a', pattern: 'a*' },
      { kind: 'shardChannel', message: '2', channel: 's', pattern: undefined },
    ])
    expect([subscriber.count('channel'), subscriber.count('pattern'), subscriber.count('shardChannel')]).toEqual([
      2, 1, 1,
    ])
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('costs nothing before the first subscription and after the last', async () => {
    const world = await startPubSub()
    await world.advance(100)
    const before = [world.east.connections.length, world.sources]
    await world.subscribe('a')
    await world.advance(100)
    expect([world.east.connections.length, world.sources]).toEqual([before[0]! + 1, 1])
    const ended = settle(world.subscriber.unsubscribe('channel', ['a']))
    expect(world.subscriber.isActive).toBe(false)
    await world.advance(100)
    expect(ended.outcome).toBe('resolved')
    expect([world.east.connections.length, world.sources]).toEqual(before)
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('asks the server once for a name that is subscribed to twice', async () => {
    const world = await startPubSub()
    await world.subscribe('a')
    await world.subscribe('a', 'a', 'b')
    expect(world.east.pubSub.names).toEqual(['a', 'b'])
    expect(world.east.log.filter(({ args }) => args[0] === 'SUBSCRIBE').map(({ args }) => args.slice(1))).toEqual([
      ['a'],
      ['b'],
    ])
  })

  it('keeps the order of subscribing and unsubscribing', async () => {
    const world = await startPubSub()
    const { subscriber, east } = world
    await world.subscribe('other')
    const all = settle(
      Promise.all([
        subscriber.subscribe('channel', ['a']),
        subscriber.unsubscribe('channel', ['a']),
        subscriber.subscribe('channel', ['a', 'b']),
        subscriber.unsubscribe('channel', ['b']),
      ]),
    )
    await world.clock.runUntil(() => all.outcome !== 'pending')
    expect(all.outcome).toBe('resolved')
    expect(east.pubSub.names).toEqual(['other', 'a'])
  })

  it('that the server refuses rejects with its error, and leaves nothing of the call behind', async () => {
    const world = await startPubSub()
    await world.subscribe('a')
    world.east.pubSub.denied = 'secret'
    const { outcome, error } = await world.subscribe('b', 'secret', 'c')
    expect([outcome, (error as Error).message.split(' ')[0]]).toEqual(['rejected', 'NOPERM'])
    await world.advance(10)
    expect([world.east.pubSub.names, world.subscriber.count('channel')]).toEqual([['a'], 1])
    expect(world.of('error')).toEqual([])
  })

  it('waits for an endpoint, and rejects with the causes after selectionTimeout', async () => {
    const world = await startPubSub({ selectionTimeout: 2000 })
    world.east.crash()
    world.west.crash()
    await world.advance(200)
    const failing = settle(world.subscriber.subscribe('channel', ['a']))
    await world.advance(1900)
    expect(failing.outcome).toBe('pending')
    await world.advance(200)
    expect(failing.error).toSatisfy(NoEndpointAvailableError.isInstance)
    expect(world.subscriber.isActive).toBe(false)
    const waiting = settle(world.subscriber.subscribe('channel', ['a']))
    world.west.restart()
    await world.clock.runUntil(() => waiting.outcome === 'resolved')
    expect(world.west.pubSub.names).toEqual(['a'])
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('fails at once with selectionTimeout 0 while nothing is up, and works while something is', async () => {
    const world = await startPubSub({ selectionTimeout: 0 })
    expect((await world.subscribe('a')).outcome).toBe('resolved')
    world.east.crash()
    world.west.crash()
    await world.advance(300)
    const failing = settle(world.subscriber.subscribe('channel', ['b']))
    await world.advance(1)
    expect(failing.error).toSatisfy(NoEndpointAvailableError.isInstance)
  })

  it('has commandTimeout to be confirmed, and is taken back then', async () => {
    const world = await startPubSub({ commandTimeout: 300 })
    await world.subscribe('a')
    world.east.setMode('hung')
    const { error } = await world.subscribe('a', 'b')
    expect(error).toSatisfy(CommandTimeoutError.isInstance)
    expect(error).toMatchObject({ command: 'SUBSCRIBE', endpointId: 'east', timeoutMs: 300, maybeExecuted: false })
    world.east.setMode('ok')
    await world.advance(100)
    expect(world.east.pubSub.names).toEqual(['a'])
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('in flight when the connection is lost is not lost: it resolves on the next one', async () => {
    const world = await startPubSub()
    await world.subscribe('a')
    world.east.slow(40)
    const flying = settle(world.subscriber.subscribe('channel', ['b']))
    await world.advance(5)
    world.east.killSubscribers()
    await world.clock.runUntil(() => flying.outcome !== 'pending')
    expect(flying.outcome).toBe('resolved')
    expect(world.east.pubSub.names).toEqual(['a', 'b'])
  })

  it('unsubscribing from everything of a kind leaves the other kinds alone', async () => {
    const world = await startPubSub()
    await world.subscribe('a', 'b')
    const pattern = settle(world.subscriber.subscribe('pattern', ['p*']))
    await world.clock.runUntil(() => pattern.outcome === 'resolved')
    const done = settle(world.subscriber.unsubscribe('channel'))
    await world.clock.runUntil(() => done.outcome === 'resolved')
    expect(world.east.pubSub.names).toEqual(['p*'])
  })

  it('ends with the group: what waits rejects, messages stop, and nothing is left', async () => {
    const world = await startPubSub()
    await world.subscribe('a')
    world.east.setMode('hung')
    const waiting = settle(world.subscriber.subscribe('channel', ['b']))
    const left = await world.close()
    expect(left).toEqual(nothingLeft)
    expect(waiting.error).toSatisfy(GroupClosedError.isInstance)
    await expect(world.subscriber.subscribe('channel', ['c'])).rejects.toSatisfy(GroupClosedError.isInstance)
  })

  it('a listener that throws costs nobody else anything, and is reported', async () => {
    const world = await startPubSub()
    await world.subscribe('a')
    world.onMessage = () => {
      throw new Error('mine')
    }
    world.east.publish('a', '1')
    world.east.publish('a', '2')
    await world.advance(5)
    expect([world.messages, world.of('error').map(({ error }) => (error.cause as Error).message)]).toEqual([
      ['1', '2'],
      ['mine', 'mine'],
    ])
  })

  it('under a spreading strategy there is one source, on the endpoint that failover mode would choose', async () => {
    const { roundRobin } = await import('../../../src/index.ts')
    const world = await startPubSub({ selection: roundRobin() })
    await world.subscribe('a')
    await world.advance(50)
    expect([world.sources, world.east.pubSub.names, world.west.pubSub.names]).toEqual([1, ['a'], []])
  })
})
