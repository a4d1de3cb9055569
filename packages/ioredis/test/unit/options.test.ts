import { Cluster, Redis } from 'ioredis'
import { describe, expect, it } from 'vitest'
import { describeCluster } from '../../src/adapter/cluster/cluster-options.ts'
import { describeAddress } from '../../src/adapter/describe-address.ts'
import { eventsBetween } from '../../src/client/client-status.ts'
import {
  createFailoverClient,
  createFailoverCluster,
  type FailoverClientOptions,
  type FailoverClusterOptions,
} from '../../src/index.ts'

const endpoints = [{ id: 'east', options: { port: 1, lazyConnect: true } }]
const create = (options: object) => createFailoverClient(options as FailoverClientOptions<Redis>)

describe('the options', () => {
  it.each<[string, object, RegExp]>([
    ['an unknown one', { Redis, endpoints, selectoin: 1 }, /selectoin is "present".*known options are Redis/],
    ['no class', { endpoints }, /Redis is undefined.*ioredis >= 5.4/],
    ['another class', { Redis: Map, endpoints }, /without sendCommand.*ioredis >= 5.4/],
    ['a Cluster', { Redis: Cluster, endpoints }, /for Cluster there is createFailoverCluster/],
    ['no endpoints', { Redis, endpoints: [] }, /endpoints/],
    ['monitor', { Redis, endpoints, clientOptions: { monitor: true } }, /clientOptions.monitor/],
    ['himportFieldsets', { Redis, endpoints, clientOptions: { himportFieldsets: [] } }, /clientOptions.himport/],
  ])('refuse %s', (_what, options, message) => {
    expect(() => create(options)).toThrow(message)
  })

  it('tell where an endpoint is, and nothing secret', () => {
    expect(describeAddress({})).toBe('localhost:6379')
    expect(describeAddress({ host: '::1', port: 7000 })).toBe('[::1]:7000')
    expect(describeAddress({ path: '/run/redis.sock', password: 'x' })).toBe('/run/redis.sock')
    expect(describeAddress({ url: 'rediss://user:secret@east:6380/2' })).toBe('east:6380')
    expect(describeAddress({ url: '/run/redis.sock' })).toBe('/run/redis.sock')
    expect(describeAddress({ url: '//user:secret@east:6380' })).toBe('east:6380')
    expect(describeAddress({ url: 'user:secret@east' })).toBe('east:6379')
    expect(describeAddress({ url: 'redis://user:secret@ea st:1' })).toBe('an unreadable URL')
    expect(describeAddress({ name: 'main', sentinels: [{ host: 's1' }] })).toBe('main by 1 Sentinels')
  })
})

describe('the options for Clusters', () => {
  const clusters = [{ id: 'east', options: { nodes: [{ host: 'east', port: 1 }], lazyConnect: true } }]
  it.each<[string, object, RegExp]>([
    [
      'an unknown one',
      { Cluster, endpoints: clusters, selectoin: 1 },
      /selectoin is "present".*known options are Cluster/,
    ],
    ['no class', { endpoints: clusters }, /Cluster is undefined.*ioredis >= 5.4/],
    ['a Redis', { Cluster: Redis, endpoints: clusters }, /without handleError.*the Cluster class/],
    ['no nodes', { Cluster, endpoints: [{ id: 'east', options: {} }] }, /nodes is undefined.*at least one node/],
    ['nodes for all', { Cluster, endpoints: clusters, clientOptions: { nodes: [1] } }, /clientOptions.nodes/],
    [
      'monitor',
      { Cluster, endpoints: clusters, clientOptions: { redisOptions: { monitor: true } } },
      /redisOptions.monitor/,
    ],
  ])('refuse %s', (_what, options, message) => {
    expect(() => createFailoverCluster(options as FailoverClusterOptions<Cluster>)).toThrow(message)
  })

  it('tell where a cluster is, and nothing secret', () => {
    const nodes = [{ host: 'east-1', port: 7000 }, { host: 'east-2' }, 7001, 'redis://user:secret@east-3:7002', 'a b:c']
    expect(describeCluster({ nodes, redisOptions: { password: 'x' } })).toBe(
      'Cluster at east-1:7000, east-2:6379, 127.0.0.1:7001, east-3:7002, an unreadable address',
    )
  })
})

describe('the events between two states', () => {
  it.each([
    ['connecting', 'ready', ['connect', 'ready']],
    ['ready', 'ready', []],
    ['ready', 'reconnecting', ['close', 'reconnecting']],
    ['reconnecting', 'ready', ['connect', 'ready']],
    ['ready', 'end', ['close', 'end']],
    ['wait', 'connecting', ['connecting']],
  ] as const)('%s to %s: %j', (before, now, events) => {
    expect(eventsBetween(before, now)).toEqual(events)
  })
})
