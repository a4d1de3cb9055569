import { eventually, type RedisCluster, startCluster } from '@redis-endpoint-failover/test-infra'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { EventRecorder } from '../client/event-recorder.ts'
import type { SubscribingClient } from './subscription-contract.ts'

export interface ClusterSubscriptionOptions {
  /** The client, for the names of the tests. */
  readonly name: string
  /** Makes a client of both Clusters, `east` and `west`, that has not been started. `east` is preferred. */
  readonly createClient: (east: RedisCluster, west: RedisCluster) => SubscribingClient
}

/** Of each of three primaries at least one. */
const SHARD_CHANNELS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']

/** What subscriptions do at Clusters of several servers, beyond the contract of subscriptions. */
export function describeClusterSubscriptions({ name, createClient }: ClusterSubscriptionOptions): void {
  let east: RedisCluster
  let west: RedisCluster
  const opened: SubscribingClient[] = []
  beforeAll(async () => {
    ;[east, west] = await Promise.all([startCluster({ name: 'east' }), startCluster({ name: 'west', replicas: 0 })])
  }, 60_000)
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(({ group }) => group.close()))
  })
  afterAll(async () => {
    await Promise.all([east?.stop(), west?.stop()])
  })

  const listen = async () => {
    const client = createClient(east, west)
    opened.push(client)
    await client.connect()
    expect(client.group.active).toBe('east')
    const events = new EventRecorder(client.group)
    const received: string[] = []
    await client.subscribe('channel', 'news', (message) => received.push(`news ${message}`))
    await client.subscribe('pattern', 'n*', (message) => received.push(`n* ${message}`))
    for (const channel of SHARD_CHANNELS)
      await client.subscribe('shardChannel', channel, (message) => received.push(`${channel} ${message}`))
    return { client, events, received }
  }
  const publish = async (cluster: RedisCluster, message: string): Promise<void> => {
    await cluster.nodes.find(({ isRunning }) => isRunning)?.command('PUBLISH', 'news', message)
    for (const channel of SHARD_CHANNELS) await (await cluster.primaryOf(channel)).command('SPUBLISH', channel, message)
  }
  const everything = (message: string): string[] =>
    ['n*', 'news', ...SHARD_CHANNELS].map((where) => `${where} ${message}`).sort()
  /** Publishes until all of it comes; what comes twice shows. */
  const untilAllCome = async (cluster: RedisCluster, received: string[]): Promise<void> => {
    let round = 0
    await eventually(
      async () => {
        const message = `round ${round++}`
        await publish(cluster, message)
        await eventually(
          () => expect(received.filter((one) => one.endsWith(message)).sort()).toEqual(everything(message)),
          {
            timeout: 500,
          },
        )
      },
      { timeout: 15_000, interval: 100 },
    )
  }

  describe(`${name}: subscriptions at Clusters of several servers`, () => {
    it('reach every primary, and move to the other Cluster as one', { timeout: 30_000 }, async () => {
      const { client, events, received } = await listen()
      await publish(east, '1')
      await eventually(() => expect([...received].sort()).toEqual(everything('1')))
      await client.group.drain('east')
      await eventually(() => expect(events.named('subscriptions-moved')).toHaveLength(1))
      expect(events.named('subscriptions-moved')).toMatchObject([
        { from: 'east', to: 'west', channels: 1, patterns: 1, shardChannels: SHARD_CHANNELS.length },
      ])
      received.length = 0
      await publish(east, 'late')
      await publish(west, '2')
      await eventually(() => expect([...received].sort()).toEqual(everything('2')))
    })

    it('follow a slot that moves to another primary, and tell the gap', { timeout: 30_000 }, async () => {
      const { events, received } = await listen()
      const from = await east.primaryOf('a')
      const to = (await east.primaries()).find((server) => server !== from)
      const slot = Number(await from.command('CLUSTER', 'KEYSLOT', 'a'))
      const id = String(await to?.command('CLUSTER', 'MYID'))
      for (const server of [to, from]) await server?.command('CLUSTER', 'SETSLOT', slot, 'NODE', id)
      await eventually(() => expect(events.named('subscriptions-moved')).not.toHaveLength(0))
      await untilAllCome(east, received)
      for (const { from: left, to: taken } of events.named('subscriptions-moved'))
        expect([left, taken]).toEqual(['east', 'east'])
      expect(events.switches).toEqual([])
    })

    it('outlive a primary: what it carried comes back with its successor', { timeout: 40_000 }, async () => {
      const { events, received } = await listen()
      const doomed = await east.primaryOf('c')
      await doomed.kill()
      await east.waitUntilOk()
      await untilAllCome(east, received)
      const moved = events.named('subscriptions-moved')
      expect(moved.length).toBeGreaterThan(0)
      for (const { from, to } of moved) expect([from, to]).toEqual(['east', 'east'])
      expect(events.switches).toEqual([])
      const counts = new Map<string, number>()
      for (const one of received) counts.set(one, (counts.get(one) ?? 0) + 1)
      expect([...counts].filter(([, count]) => count > 1)).toEqual([])
      await doomed.restart()
    })

    it('outlive a primary that hangs: its connection is given up, and those of the others stay', {
      timeout: 40_000,
    }, async () => {
      const { events, received } = await listen()
      const owners = await Promise.all(
        SHARD_CHANNELS.map(async (name) => ({ name, server: await east.primaryOf(name) })),
      )
      // The first one is asked who serves what.
      const { name, server: hung } = owners.find(({ server }) => server !== east.nodes[0])!
      await hung.pause()
      await eventually(async () => expect(await east.primaryOf(name)).not.toBe(hung), { timeout: 15_000 })
      await untilAllCome(east, received)
      expect(events.named('subscriptions-moved').length).toBeGreaterThan(0)
      expect(events.switches).toEqual([])
      await hung.resume()
    })
  })
}
