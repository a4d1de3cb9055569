import type { FailoverGroup } from '@redis-endpoint-failover/core'
import { createFailoverClient as createFailoverRedis } from '@redis-endpoint-failover/ioredis'
import { createFailoverClient } from '@redis-endpoint-failover/node-redis'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import type { Address, ClientName, GroupSettings } from '../client/benchmark-client.ts'

/** What a soak does with a transparent client, and what it looks at. */
export interface SoakClient {
  readonly group: Pick<
    FailoverGroup<unknown, never>,
    'active' | 'snapshot' | 'switchTo' | 'drain' | 'resume' | 'remove' | 'close' | 'on' | 'off' | 'unpin' | 'history'
  >
  readonly emitter: { eventNames(): (string | symbol)[]; listenerCount(name: string | symbol): number }
  connect(): Promise<unknown>
  get(key: string): Promise<unknown>
  incr(key: string): Promise<unknown>
  /** Waits up to a second for an element that comes only now and then. */
  pop(key: string): Promise<unknown>
  push(key: string, value: string): Promise<unknown>
  publish(channel: string, message: string): Promise<unknown>
  subscribe(channel: string, onMessage: (message: string) => void): Promise<unknown>
  /** Borrows a native client, asks it for a PONG and gives it back. */
  lease(): Promise<unknown>
  add(address: Address): Promise<void>
}

const nodeRedis = (addresses: readonly Address[], settings: GroupSettings): SoakClient => {
  const optionsOf = ({ host, port }: Address) => ({ socket: { host, port } })
  const { client, group } = createFailoverClient({
    ...settings,
    create: createClient,
    endpoints: addresses.map((address) => ({ id: address.id, options: optionsOf(address) })),
  })
  client.on('error', () => undefined)
  return {
    group: group as unknown as SoakClient['group'],
    emitter: client,
    connect: () => client.connect(),
    get: (key) => client.get(key),
    incr: (key) => client.incr(key),
    pop: (key) => client.blPop(key, 1),
    push: (key, value) => client.rPush(key, value),
    publish: (channel, message) => client.publish(channel, message),
    subscribe: (channel, onMessage) => client.subscribe(channel, onMessage),
    async lease() {
      await using lease = await group.acquire()
      return await lease.client.ping()
    },
    add: (address) => group.add({ id: address.id, weight: 0.1, options: optionsOf(address) }),
  }
}

const ioredis = (addresses: readonly Address[], settings: GroupSettings): SoakClient => {
  const { client, group } = createFailoverRedis({
    ...settings,
    Redis,
    clientOptions: { lazyConnect: true },
    endpoints: addresses.map(({ id, host, port }) => ({ id, options: { host, port } })),
  })
  client.on('error', () => undefined)
  return {
    group: group as unknown as SoakClient['group'],
    emitter: client,
    connect: () => client.connect(),
    get: (key) => client.get(key),
    incr: (key) => client.incr(key),
    pop: (key) => client.blpop(key, 1),
    push: (key, value) => client.rpush(key, value),
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

export const createSoakClient = (name: ClientName, addresses: readonly Address[], settings: GroupSettings) =>
  ({ 'node-redis': nodeRedis, ioredis })[name](addresses, settings)
