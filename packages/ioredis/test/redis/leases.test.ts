import { eventually, type RedisServer, startServers } from '@redis-endpoint-failover/test-infra'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { createFailoverClient } from '../../src/index.ts'

let servers: readonly RedisServer[]
let close: () => Promise<void> = () => Promise.resolve()

beforeAll(async () => {
  servers = await startServers(['east', 'west'])
})
afterAll(() => Promise.all(servers.map((server) => server.stop())))
afterEach(() => close())

const open = () => {
  const made = createFailoverClient({
    Redis,
    clientOptions: { keyPrefix: 'app:', scripts: { echoed: { numberOfKeys: 0, lua: 'return ARGV[1]' } } },
    endpoints: servers.map(({ name, host, port }) => ({ id: name, options: { host, port } })),
    pool: { max: 1 },
  })
  close = () => made.group.close({ drainTimeout: 0 })
  return made
}

const idOf = (client: Redis): Promise<number> => client.client('ID')

it('a leased client has the key prefix and the scripts of its user, and no queue', async () => {
  const { client, group } = open()
  await client.set('key', 'value')
  const lease = await group.acquire()
  expect(lease.client).toBeInstanceOf(Redis)
  expect(await lease.client.get('key')).toBe('value')
  const withScript = lease.client as Redis & { echoed(text: string): Promise<string> }
  expect(await withScript.echoed('hello')).toBe('hello')
  expect(lease.client.options).toMatchObject({ keyPrefix: 'app:', enableOfflineQueue: false })
  lease.release()
})

it.each<[string, (client: Redis) => unknown]>([
  ['another database', (client) => client.select(3)],
  ['a subscription', (client) => client.subscribe('news')],
  ['a command in flight', (client) => void client.blpop('nothing', 0).catch(() => {})],
])('a connection that was left with %s is not lent again; one that was left in order is', async (_what, leave) => {
  const { group } = open()
  const first = await group.acquire()
  const id = await idOf(first.client)
  first.release()
  const second = await group.acquire()
  expect(await idOf(second.client)).toBe(id)
  await leave(second.client)
  second.release()
  const third = await group.acquire()
  expect(await idOf(third.client)).not.toBe(id)
  expect(third.client.condition?.select).toBe(0)
  third.release()
  await eventually(() => group.snapshot().endpoints[0]!.pool.open === 1)
  expect(group.snapshot().endpoints.map(({ state, strikes }) => `${state} ${strikes}`)).toEqual(['up 0', 'up 0'])
})
