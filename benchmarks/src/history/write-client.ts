import type { FailoverGroup } from '@redis-endpoint-failover/core'
import { createFailoverClient as createFailoverRedis } from '@redis-endpoint-failover/ioredis'
import { createFailoverClient } from '@redis-endpoint-failover/node-redis'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import type { Address, ClientName, GroupSettings } from '../client/benchmark-client.ts'

/** The writes of a history, through a transparent client. */
export interface WriteClient {
  readonly group: Pick<
    FailoverGroup<unknown, never>,
    'active' | 'snapshot' | 'switchTo' | 'unpin' | 'drain' | 'resume' | 'close' | 'history' | 'on'
  >
  connect(): Promise<unknown>
  increment(key: string): Promise<number>
  /** Resolves with the length of the list. */
  push(side: 'left' | 'right', list: string, id: string): Promise<number>
  /** Pushes and increments in one MULTI that also reads `marker`; resolves with the marker. */
  transaction(list: string, id: string, countKey: string, marker: string): Promise<string>
}

const nodeRedis = (addresses: readonly Address[], settings: GroupSettings): WriteClient => {
  const { client, group } = createFailoverClient({
    ...settings,
    create: createClient,
    endpoints: addresses.map(({ id, host, port }) => ({ id, options: { socket: { host, port } } })),
  })
  client.on('error', () => undefined)
  return {
    group: group as unknown as WriteClient['group'],
    connect: () => client.connect(),
    increment: (key) => client.incr(key),
    push: (side, list, id) => (side === 'left' ? client.lPush(list, id) : client.rPush(list, id)),
    transaction: async (list, id, countKey, marker) =>
      String((await client.multi().rPush(list, id).incr(countKey).get(marker).exec())[2]),
  }
}

const ioredis = (addresses: readonly Address[], settings: GroupSettings): WriteClient => {
  const { client, group } = createFailoverRedis({
    ...settings,
    Redis,
    clientOptions: { lazyConnect: true },
    endpoints: addresses.map(({ id, host, port }) => ({ id, options: { host, port } })),
  })
  client.on('error', () => undefined)
  return {
    group: group as unknown as WriteClient['group'],
    connect: () => client.connect(),
    increment: (key) => client.incr(key),
    push: (side, list, id) => (side === 'left' ? client.lpush(list, id) : client.rpush(list, id)),
    async transaction(list, id, countKey, marker) {
      const replies = (await client.multi().rpush(list, id).incr(countKey).get(marker).exec()) ?? []
      const failure = replies.find(([error]) => error !== null)?.[0]
      if (failure !== undefined) throw failure
      return String(replies[2]?.[1])
    },
  }
}

export const createWriteClient = (name: ClientName, addresses: readonly Address[], settings: GroupSettings) =>
  ({ 'node-redis': nodeRedis, ioredis })[name](addresses, settings)
