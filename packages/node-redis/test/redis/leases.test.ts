import { type RedisServer, startServers } from '@redis-endpoint-failover/test-infra'
import { createClient } from 'redis'
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
    create: createClient,
    endpoints: servers.map(({ name, host, port }) => ({ id: name, options: { socket: { host, port } } })),
    pool: { max: 1 },
  })
  close = () => made.group.close({ drainTimeout: 0 })
  return made
}

type Native = ReturnType<typeof open>['client']

it.each<[string, (client: Native) => unknown]>([
  ['a subscription', (client) => client.subscribe('news', () => {})],
  ['watched keys', (client) => client.watch('stock')],
])('a connection that was left with %s is not lent again; one that was left in order is', async (_what, leave) => {
  const { group } = open()
  const first = await group.acquire()
  const id = await first.client.clientId()
  await first.client.watch('stock')
  await first.client.unwatch()
  first.release()
  const second = await group.acquire()
  expect(await second.client.clientId()).toBe(id)
  await leave(second.client)
  second.release()
  const third = await group.acquire()
  expect(await third.client.clientId()).not.toBe(id)
  third.release()
  expect(group.snapshot().endpoints.map(({ state, strikes }) => `${state} ${strikes}`)).toEqual(['up 0', 'up 0'])
})

it('a function that is run on a leased client may use a transaction', async () => {
  const { group } = open()
  const [first, second] = await group.execute((client) => client.multi().incr('n').incr('n').exec())
  expect([first, second]).toEqual([1, 2])
})
