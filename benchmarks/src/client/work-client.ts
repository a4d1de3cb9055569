import type { FailoverGroup } from '@redis-endpoint-failover/core'
import { createFailoverClient as createFailoverRedis } from '@redis-endpoint-failover/ioredis'
import { createFailoverClient } from '@redis-endpoint-failover/node-redis'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import type { Address, ClientName, GroupSettings } from './benchmark-client.ts'

/** A transparent client at an application's work: what histories and soaks do with it, and look at. */
export interface WorkClient {
  readonly group: Pick<
    FailoverGroup<unknown, never>,
    'active' | 'snapshot' | 'switchTo' | 'unpin' | 'drain' | 'resume' | 'remove' | 'close' | 'history' | 'on' | 'off'
  >
  readonly emitter: { eventNames(): (string | symbol)[]; listenerCount(name: string | symbol): number }
  connect(): Promise<unknown>
  get(key: string): Promise<unknown>
  incr(key: string): Promise<number>
  /** Resolves with the length of the list. */
  push(side: 'left' | 'right', list: string, value: string): Promise<number>
  /** Waits up to a second for an element that comes only now and then. */
  pop(list: string): Promise<unknown>
  /** Pushes and increments in one MULTI that also reads `marker`; resolves with the marker. */
  transaction(list: string, value: string, countKey: string, marker: string): Promise<string>
  publish(channel: string, message: string): Promise<unknown>
  subscribe(channel: string, onMessage: (message: string) => void): Promise<unknown>
  /** Borrows a native client, asks it for a PONG and gives it back. */
  lease(): Promise<unknown>
  /** One more endpoint, preferred to none. */
  add(address: Address): Promise<void>
}

const nodeRedis = (addresses: readonly Address[], settings: GroupSettings): WorkClient => {
  const optionsOf = ({ host, port }: Address) => ({ socket: { host, port } })
  const { client, group } = createFailoverClient({
    ...settings,
    create: createClient,
    endpoints: addresses.map((address) => ({ id: address.id, options: optionsOf(address) })),
  })
  client.on('error', () => undefined)
  return {
    group: group as unknown as WorkClient['group'],
    emitter: client,
    connect: () => client.connect(),
    get: (key) => client.get(key),
    incr: (key) => client.incr(key),
    push: (side, list, value) => (side === 'left' ? client.lPush(list, value) : client.rPush(list, value)),
    pop: (list) => client.blPop(list, 1),
    transaction: async (list, value, countKey, marker) =>
      String((await client.multi().rPush(list, value).incr(countKey).get(marker).exec())[2]),
    publish: (channel, message) => client.publish(channel, message),
    subscribe: (channel, onMessage) => client.subscribe(channel, onMessage),
    async lease() {
      await using lease = await group.acquire()
      return await lease.client.ping()
    },
    add: (address) => group.add({ id: address.id, weight: 0.1, options: optionsOf(address) }),
  }
}

const ioredis = (addresses: readonly Address[], settings: GroupSettings): WorkClient => {
  const { client, group } = createFailoverRedis({
    ...settings,
    Redis,
    clientOptions: { lazyConnect: true },
    endpoints: addresses.map(({ id, host, port }) => ({ id, options: { host, port } })),
  })
  client.on('error', () => undefined)
  return {
    group: group as unknown as WorkClient['group'],
    emitter: client,
    connect: () => client.connect(),
    get: (key) => client.get(key),
    incr: (key) => client.incr(key),
    push: (side, list, value) => (side === 'left' ? client.lpush(list, value) : client.rpush(list, value)),
    pop: (list) => client.blpop(list, 1),
    async transaction(list, value, countKey, marker) {
      const replies = (await client.multi().rpush(list, value).incr(countKey).get(marker).exec()) ?? []
      const failure = replies.find(([error]) => error !== null)?.[0]
      if (failure !== undefined) throw failure
      return String(replies[2]?.[1])
    },
    publish: (channel, message) => client.publish(channel, message),
    async subscribe(channel, onMessage) {
      client.on('message', (_channel, message) => onMessage(message))
      await client.subscribe(channel)
    },
    async lease() {
      await using lease = await group.acquire()
      return await lease.client.ping()
    },
    add: ({ id, host, port }) => group.add({ id, weight: 0.1, options: { host, port } }),
  }
}

/** Not connected yet. */
export const createWorkClient = (name: ClientName, addresses: readonly Address[], settings: GroupSettings) =>
  ({ 'node-redis': nodeRedis, ioredis })[name](addresses, settings)
