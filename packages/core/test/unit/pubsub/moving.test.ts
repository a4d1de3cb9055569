import { describe, expect, it } from 'vitest'
import { presets } from '../../../src/index.ts'
import { nothingLeft, settle } from '../group/world.ts'
import { type PubSubWorld, startPubSub } from './pub-sub-world.ts'

/** Publishes a message of its own at both endpoints every `everyMs`, and remembers when. */
const publishAll = (world: PubSubWorld, everyMs = 10) => {
  const published: { id: string; at: number }[] = []
  let running = true
  let next = 0
  const publish = (): void => {
    if (!running) return
    for (const id of ['east', 'west'] as const) {
      const message = `${id}:${next}`
      world.endpoint(id).publish('a', message)
      published.push({ id: message, at: world.clock.now() })
    }
    next++
    world.clock.setTimer(publish, everyMs)
  }
  publish()
  return {
    published,
    stop: () => {
      running = false
    },
  }
}

/** The spans of the gaps that were reported, in monotonic milliseconds. */
const gapsOf = (world: PubSubWorld) =>
  world.of('subscriptions-moved').map((event) => {
    const end = world.timeOf(event)
    return { ...event, start: end - event.gapMs, end }
  })

const expectHonest = (
  world: PubSubWorld,
  published: readonly { id: string; at: number }[],
  since: number,
  until: number,
): void => {
  expect(new Set(world.messages).size).toBe(world.messages.length)
  const received = new Set(world.messages)
  const gaps = gapsOf(world)
  const activeAt = (at: number): string => gaps.find(({ end }) => at < end)?.from ?? world.group.active!
  // At the very end of a gap, either endpoint may be the one that counts.
  const isAtAnEnd = (at: number): boolean => gaps.some(({ end }) => Math.abs(at - end) < 1)
  const lost = published.filter(
    ({ id, at }) => at > since && at < until && !isAtAnEnd(at) && id.startsWith(activeAt(at)) && !received.has(id),
  )
  for (const { id, at } of lost)
    expect(
      gaps.some(({ start, end }) => at >= start && at <= end),
      `${id} was lost at ${at}, outside of all gaps`,
    ).toBe(true)
}

describe('subscriptions move with the active endpoint', () => {
  it('on a failover: the whole set, and the gap is told without a channel name', async () => {
    const world = await startPubSub()
    await world.subscribe('secret-channel', 'b')
    const more = settle(
      Promise.all([
        world.subscriber.subscribe('pattern', ['p*']),
        world.subscriber.subscribe('shardChannel', ['s1', 's2']),
      ]),
    )
    await world.clock.runUntil(() => more.outcome === 'resolved')
    await world.advance(5000)
    const crashedAt = world.clock.now()
    world.east.crash()
    await world.clock.runUntil(() => world.of('subscriptions-moved').length > 0)
    expect(world.of('subscriptions-moved')).toMatchObject([
      { from: 'east', to: 'west', channels: 2, patterns: 1, shardChannels: 2, epoch: world.route.epoch },
    ])
    expect(world.west.pubSub.names).toEqual(['secret-channel', 'b', 'p*', 's1', 's2'])
    const [gap] = gapsOf(world)
    // From the last PING that was answered, so at the most an interval before the crash.
    expect(gap!.start).toBeLessThanOrEqual(crashedAt)
    expect(gap!.start).toBeGreaterThan(crashedAt - 1.1 * presets.default.health.interval - 5)
    expect(gap!.end - crashedAt).toBeLessThan(100)
    expect(JSON.stringify(world.events)).not.toContain('secret-channel')
    expect(await world.close()).toEqual(nothingLeft)
  })

  it.each([
    ['drained', async (world: PubSubWorld) => void world.group.drain('east')],
    ['left by the operator', async (world: PubSubWorld) => void world.group.switchTo('west')],
    ['dead', async (world: PubSubWorld) => world.east.crash()],
    ['hung', async (world: PubSubWorld) => world.east.setMode('hung')],
    ['cut off', async (world: PubSubWorld) => world.east.killSubscribers()],
  ])('while the endpoint is %s, nothing comes twice and losses are inside the gap', async (_name, fault) => {
    const world = await startPubSub()
    await world.subscribe('a')
    const since = world.clock.now()
    const publisher = publishAll(world)
    await world.advance(3000)
    await fault(world)
    await world.advance(8000)
    publisher.stop()
    await world.advance(100)
    expect(gapsOf(world)).toHaveLength(1)
    expectHonest(world, publisher.published, since, world.clock.now() - 100)
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('east to west to east: one source at a time, and nothing twice', async () => {
    const world = await startPubSub()
    await world.subscribe('a')
    const since = world.clock.now()
    const publisher = publishAll(world, 1)
    for (const id of ['west', 'east', 'west', 'east', 'west', 'east']) {
      const switched = settle(world.group.switchTo(id))
      await world.clock.runUntil(() => switched.outcome !== 'pending')
      expect(world.sources).toBeLessThanOrEqual(1)
      await world.advance(7)
    }
    await world.advance(1000)
    publisher.stop()
    await world.advance(100)
    const moves = world.of('subscriptions-moved').map(({ from, to }) => `${from}>${to}`)
    expect(moves).toEqual(['east>west', 'west>east', 'east>west', 'west>east', 'east>west', 'west>east'])
    expectHonest(world, publisher.published, since, world.clock.now() - 100)
  })

  it('the old source is cut off within the very turn of the switch', async () => {
    const world = await startPubSub()
    await world.subscribe('a')
    world.group.on('failover', () => {
      world.east.publish('a', 'after the switch')
    })
    world.east.publish('a', 'before the switch')
    await world.advance(5)
    void world.group.switchTo('west', { force: true })
    await world.advance(1000)
    expect(world.messages).toEqual(['before the switch'])
    expect(world.east.connections.filter((one) => one.isSubscriber)).toEqual([])
  })

  it('what the client of the old source still parses after it was left reaches nobody', async () => {
    const world = await startPubSub()
    await world.subscribe('a')
    const old = world.east.connections.find((one) => one.isSubscriber)!
    // Ending a connection does not take back what its client has read already.
    const parseLate = (message: string): void =>
      old.receivePush(10, ({ onMessage }) => onMessage('channel', Buffer.from(message), Buffer.from('a'), undefined))
    parseLate('in time')
    void world.group.switchTo('west', { force: true })
    await world.clock.runUntil(() => world.group.active === 'west')
    parseLate('late')
    await world.advance(1000)
    parseLate('later')
    expect(world.messages).toEqual(['in time'])
    await world.close()
  })

  it('going to and fro leaves no PING timer of a source behind', async () => {
    const world = await startPubSub()
    await world.subscribe('a')
    await world.advance(100)
    const timers = world.clock.pendingTimers
    for (let move = 0; move < 20; move += 1) {
      const id = move % 2 === 0 ? 'west' : 'east'
      void world.group.switchTo(id, { force: true, pin: false })
      await world.advance(100)
      expect(world.group.active).toBe(id)
    }
    await world.advance(4000)
    expect(world.clock.pendingTimers).toBeLessThan(timers + 5)
    await world.close()
  })

  it('a gap that begins while another move is under way is one gap', async () => {
    const world = await startPubSub()
    await world.subscribe('a')
    await world.advance(2000)
    world.west.slow(300)
    world.east.crash()
    await world.clock.runUntil(() => world.group.active === 'west')
    await world.advance(50)
    world.east.restart()
    world.west.crash()
    await world.advance(5000)
    expect(world.group.active).toBe('east')
    expect(world.of('subscriptions-moved')).toMatchObject([{ from: 'east', to: 'east', channels: 1 }])
  })

  it('an endpoint that refuses one of them: the others move, it is tried again, and told when it is back', async () => {
    const world = await startPubSub()
    await world.subscribe('a', 'secret', 'b')
    world.west.pubSub.denied = 'secret'
    world.east.crash()
    await world.advance(3000)
    expect(world.of('subscriptions-moved')).toMatchObject([{ from: 'east', to: 'west', channels: 2 }])
    const errors = world.of('error').map(({ error }) => error)
    expect(errors.map(({ name }) => name)).toEqual(['SubscriptionRefusedError'])
    expect(errors[0]?.message).toContain('NOPERM')
    const refusals = world.west.connections.length
    world.west.pubSub.denied = undefined
    await world.advance(7000)
    expect(world.of('subscriptions-moved')).toMatchObject([{ channels: 2 }, { from: 'east', to: 'west', channels: 1 }])
    expect([...world.west.pubSub.names].sort()).toEqual(['a', 'b', 'secret'])
    expect(world.west.connections.length).toBe(refusals)
  })

  it('a shard channel that the server ended by itself is subscribed again, and its gap is told', async () => {
    const world = await startPubSub()
    const done = settle(world.subscriber.subscribe('shardChannel', ['s', 't']))
    await world.clock.runUntil(() => done.outcome === 'resolved')
    world.east.pubSub.endShardChannel('s')
    await world.advance(1000)
    expect([...world.east.pubSub.names].sort()).toEqual(['s', 't'])
    expect(world.of('subscriptions-moved')).toMatchObject([{ from: 'east', to: 'east', shardChannels: 1 }])
  })

  it('a connection that is killed again and again is not subscribed on without a pause', async () => {
    const world = await startPubSub()
    await world.subscribe('a')
    let kills = 0
    for (let i = 0; i < 2000; i++) {
      if (world.east.pubSub.names.length > 0) {
        kills++
        world.east.killSubscribers()
      }
      await world.advance(1)
    }
    expect(kills).toBeGreaterThan(3)
    expect(kills).toBeLessThan(40)
    await world.advance(6000)
    expect(world.east.pubSub.names).toEqual(['a'])
  })

  it('ten thousand channels move', async () => {
    const world = await startPubSub()
    const names = Array.from({ length: 10_000 }, (_, index) => `channel:${index}`)
    await world.subscribe(...names)
    world.east.crash()
    await world.clock.runUntil(() => world.of('subscriptions-moved').length > 0)
    expect(world.west.pubSub.names).toHaveLength(10_000)
    expect(world.of('subscriptions-moved')).toMatchObject([{ channels: 10_000 }])
  })
})
