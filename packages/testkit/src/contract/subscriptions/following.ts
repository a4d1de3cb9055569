import { setTimeout as sleep } from 'node:timers/promises'
import { presets } from '@redis-endpoint-failover/core'
import { eventually } from '@redis-endpoint-failover/test-infra'
import { describe, expect, it } from 'vitest'
import { SLACK_MS } from '../client/client-bench.ts'
import { rejectionOf } from '../settling.ts'
import { type SubscriptionBench, type SubscriptionStage, subscriberConnections } from './subscription-bench.ts'

const { interval, timeout } = presets.fast.health

export function describeFollowing(bench: SubscriptionBench): void {
  const listen = async (stage: SubscriptionStage): Promise<string[]> => {
    const received: string[] = []
    const { client } = stage
    await client.subscribe('channel', 'a', (message) => received.push(`a ${message}`))
    await client.subscribe('pattern', 'p*', (message) => received.push(`p* ${message}`))
    await client.subscribe('shardChannel', 's', (message) => received.push(`s ${message}`))
    return received
  }
  const publishAll = async ({ places }: SubscriptionStage, id: 'east' | 'west', message: string): Promise<void> => {
    const { server } = places[id]
    await server.command('PUBLISH', 'a', message)
    await server.command('PUBLISH', 'p1', message)
    await server.command('SPUBLISH', 's', message)
  }

  describe('subscriptions', () => {
    it('deliver messages of all kinds while ordinary commands go on', async () => {
      const stage = await bench.stage()
      const received = await listen(stage)
      expect(await stage.client.publish('a', '1')).toBe(1)
      expect(await stage.client.publish('p1', '2')).toBe(1)
      await stage.places.east.server.command('SPUBLISH', 's', '3')
      expect(await stage.client.get('nothing')).toBeNull()
      await eventually(() => received.length === 3)
      expect([...received].sort()).toEqual(['a 1', 'p* 2', 's 3'])
    })

    it('follow the active endpoint: the old connection is ended, and the gap is told', async () => {
      const stage = await bench.stage()
      const received = await listen(stage)
      await stage.client.group.drain('east')
      await eventually(() => stage.events.named('subscriptions-moved').length === 1)
      expect(stage.events.named('subscriptions-moved')).toMatchObject([
        { from: 'east', to: 'west', channels: 1, patterns: 1, shardChannels: 1 },
      ])
      expect(stage.events.named('subscriptions-moved')[0]?.gapMs).toBeGreaterThan(0)
      await eventually(async () => (await subscriberConnections(stage.places.east)).length === 0)
      await publishAll(stage, 'east', 'late')
      await publishAll(stage, 'west', 'new')
      await eventually(() => received.length >= 3)
      expect([...received].sort()).toEqual(['a new', 'p* new', 's new'])
    })

    it('stay on the endpoint when their connection is killed: no switch, and another connection', async () => {
      const stage = await bench.stage()
      const received = await listen(stage)
      await stage.places.east.server.command('CLIENT', 'KILL', 'TYPE', 'pubsub')
      await eventually(() => stage.events.named('subscriptions-moved').length === 1)
      expect(stage.events.named('subscriptions-moved')).toMatchObject([{ from: 'east', to: 'east', channels: 1 }])
      expect(stage.events.switches).toEqual([])
      await publishAll(stage, 'east', 'on')
      await eventually(() => received.length === 3)
    })

    it('on a half-open connection are found by its PING and replaced, without a strike', async () => {
      const stage = await bench.stage()
      const received = await listen(stage)
      const [connection] = await subscriberConnections(stage.places.east)
      connection?.setFaults({ blackhole: true })
      const cutAt = performance.now()
      await eventually(() => stage.events.named('subscriptions-moved').length === 1)
      expect(performance.now() - cutAt).toBeLessThan(2 * interval + timeout + SLACK_MS)
      if (!bench.several) expect(stage.events.named('connection-replaced')).toMatchObject([{ endpointId: 'east' }])
      expect(stage.events.named('subscriptions-moved')).toMatchObject([{ from: 'east', to: 'east' }])
      expect([stage.events.switches, stage.client.group.snapshot().endpoints[0]?.strikes]).toEqual([[], 0])
      await publishAll(stage, 'east', 'on')
      await eventually(() => received.length === 3)
    })

    it('of two clients of a group are their own, and each ends with its client', async () => {
      const { client, places } = await bench.stage()
      const other = client.duplicate()
      await other.connect()
      const received: string[] = []
      await client.subscribe('channel', 'a', (message) => received.push(`first ${message}`))
      await other.subscribe('channel', 'a', (message) => received.push(`second ${message}`))
      const { server } = places.east
      expect(await server.command('PUBLISH', 'a', '1')).toBe(2)
      await client.unsubscribe('channel', 'a')
      await eventually(async () => (await server.command('PUBLISH', 'a', '2')) === 1)
      await other.close()
      await eventually(async () => (await server.command('PUBLISH', 'a', '3')) === 0)
      expect(received.slice(0, 2).sort()).toEqual(['first 1', 'second 1'])
      expect(received.slice(2).every((one) => one === 'second 2')).toBe(true)
      expect(await client.get('nothing')).toBeNull()
    })

    it('that the server refuses reject with its error, and leave the others alone', async () => {
      const stage = await bench.stage()
      const received = await listen(stage)
      const { server } = stage.places.east
      await server.command('ACL', 'SETUSER', 'default', 'resetchannels', '&a', '&p*', '&s')
      bench.atEnd(() => server.command('ACL', 'SETUSER', 'default', 'allchannels'))
      const error = await rejectionOf(stage.client.subscribe('channel', 'forbidden', () => undefined))
      expect((error as Error).message).toContain('NOPERM')
      await eventually(async () => {
        await publishAll(stage, 'east', 'on')
        return received.length >= 3
      })
    })

    it('end with the group, and leave nothing at the server', async () => {
      const stage = await bench.stage()
      await listen(stage)
      await stage.client.group.close()
      await eventually(async () => (await subscriberConnections(stage.places.east)).length === 0)
      await rejectionOf(
        stage.client.subscribe('channel', 'late', () => undefined),
        500,
      )
    })

    it('cost no connection as long as there are none', async () => {
      const stage = await bench.stage()
      const { proxy } = stage.places.east
      await stage.client.get('nothing')
      await sleep(100)
      const without = proxy.connections.length
      await stage.client.subscribe('channel', 'a', () => undefined)
      await eventually(() => {
        const more = proxy.connections.length - without
        return bench.several ? more > 0 : more === 1
      })
      await stage.client.unsubscribe('channel', 'a')
      await eventually(() => proxy.connections.length === without)
    })
  })
}
