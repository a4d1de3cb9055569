import { Cluster, Redis } from 'ioredis'
import { describe, expect, it } from 'vitest'
import { describeAddress } from '../../src/adapter/describe-address.ts'
import { eventsBetween } from '../../src/client/client-status.ts'
import { createFailoverClient, type FailoverClientOptions } from '../../src/index.ts'

const endpoints = [{ id: 'east', options: { port: 1, lazyConnect: true } }]
const create = (options: object) => createFailoverClient(options as FailoverClientOptions<Redis>)

describe('the options', () => {
  it.each<[string, object, RegExp]>([
    ['an unknown one', { Redis, endpoints, selectoin: 1 }, /selectoin is "present".*known options are Redis/],
    ['no class', { endpoints }, /Redis is undefined.*ioredis >= 5.4/],
    ['another class', { Redis: Map, endpoints }, /without sendCommand.*ioredis >= 5.4/],
    ['a Cluster', { Redis: Cluster, endpoints }, /Cluster is not supported yet/],
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
