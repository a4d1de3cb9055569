import { ConfigurationError } from '@redis-endpoint-failover/core'
import {
  eventually,
  type RedisCluster,
  type RedisServer,
  startCluster,
  startRedis,
} from '@redis-endpoint-failover/test-infra'
import { createClient, createCluster } from 'redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cluster, createFailoverGroup, standalone } from '../../src/index.ts'

let east: RedisCluster
let west: RedisServer

beforeAll(async () => {
  ;[east, west] = await Promise.all([startCluster({ name: 'east', replicas: 0 }), startRedis({ name: 'west' })])
}, 60_000)
afterAll(async () => {
  await Promise.all([east?.stop(), west?.stop()])
})

const open = () =>
  createFailoverGroup({
    endpoints: [
      {
        id: 'east',
        weight: 2,
        options: cluster(createCluster, { rootNodes: east.addresses.map((socket) => ({ socket })) }),
        health: { topologyGrace: 1500 },
      },
      { id: 'west', weight: 1, options: standalone(createClient, { url: west.url }) },
    ],
    failback: { mode: 'never' },
    // On a busy machine, connecting takes longer than the better endpoint is waited for.
    start: { policy: 'all', timeout: 15_000 },
  })

describe('a group of endpoints of different kinds', () => {
  it('moves from a Cluster that died to one server, and finds the Cluster again', { timeout: 30_000 }, async () => {
    await using group = open()
    await group.start()
    const write = () => group.execute((client) => client.set('k', 'v'))
    expect(group.active).toBe('east')
    expect(await write()).toBe('OK')
    {
      await using lease = await group.acquire()
      expect(await lease.client.get('k')).toBe('v')
    }
    const [first, ...others] = east.nodes
    const since = performance.now()
    await first?.kill()
    await eventually(() => expect(group.active).toBe('west'), { timeout: 8000 })
    expect(performance.now() - since).toBeGreaterThan(1400)
    expect(await write()).toBe('OK')
    expect(await west.command('GET', 'k')).toBe('v')
    // One of three primaries was enough to be out of order; the others were alive all along.
    expect(others.every(({ isRunning }) => isRunning)).toBe(true)
    await first?.restart()
    await eventually(() => expect(group.snapshot().endpoints[0]?.state).toBe('up'), { timeout: 15_000 })
  })

  it('refuses at construction what it cannot connect to', () => {
    expect(() => createFailoverGroup({ endpoints: [{ id: 'a', options: {} as never }] })).toThrow(ConfigurationError)
    expect(() => cluster(createCluster, { rootNodes: [] })).toThrow(/rootNodes/)
    expect(() => createFailoverGroup({ endpoints: [], failBack: {} } as never)).toThrow(/failBack/)
  })
})
