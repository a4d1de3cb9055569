import { describe, expect, it } from 'vitest'
import { presets } from '../../../src/index.ts'
import { startPubSub } from './pub-sub-world.ts'

const { interval, timeout } = presets.default.health

describe('a half-open connection with subscriptions', () => {
  it('is found by its PING and replaced on the same endpoint, without a strike', async () => {
    const world = await startPubSub()
    await world.subscribe('a')
    await world.advance(5432)
    const cutAt = world.clock.now()
    world.east.connections.find((one) => one.isSubscriber)?.blackhole()
    await world.clock.runUntil(() => world.of('subscriptions-moved').length > 0)
    expect(world.clock.now() - cutAt).toBeLessThanOrEqual(2 * interval + timeout)
    const [moved] = world.of('subscriptions-moved')
    expect(moved).toMatchObject({ from: 'east', to: 'east', channels: 1 })
    expect(world.timeOf(moved) - moved!.gapMs).toBeLessThanOrEqual(cutAt)
    expect(world.of('connection-replaced')).toMatchObject([{ endpointId: 'east' }])
    expect([world.of('failover'), world.of('health-changed').filter(({ from }) => from !== 'unknown')]).toEqual([
      [],
      [],
    ])
    expect(world.state('east').strikes).toBe(0)
    world.east.publish('a', 'again')
    await world.advance(5)
    expect(world.messages).toEqual(['again'])
  })

  it('is left alone while messages arrive although its PING waits behind them', async () => {
    const world = await startPubSub()
    await world.subscribe('a')
    const connection = world.east.connections.find((one) => one.isSubscriber)!
    for (let i = 0; i < 50; i++) {
      connection.receivePart(1000)
      await world.advance(100)
    }
    expect(world.of('connection-replaced')).toEqual([])
  })

  it('is left to the probes while the endpoint itself hangs', async () => {
    const world = await startPubSub({ endpoints: [{ id: 'east', options: {} }] })
    await world.subscribe('a')
    await world.advance(2000)
    world.east.setMode('hung')
    await world.advance(1400)
    world.east.setMode('ok')
    await world.advance(3000)
    expect(world.of('connection-replaced')).toEqual([])
  })

  it('is found with health checks off as well', async () => {
    const world = await startPubSub({ health: false })
    await world.subscribe('a')
    world.east.connections.find((one) => one.isSubscriber)?.blackhole()
    await world.advance(2 * interval + timeout)
    expect(world.of('subscriptions-moved')).toMatchObject([{ from: 'east', to: 'east' }])
  })
})
