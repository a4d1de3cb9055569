import { createFailoverClient } from '@redis-endpoint-failover/ioredis'
import { Redis } from 'ioredis'
import type { Operation } from '../scenario/overhead-run.ts'
import type { Address, BenchmarkClient, Standalone } from './benchmark-client.ts'

export const ioRedis: BenchmarkClient = {
  name: 'ioredis',
  createRouted(addresses, settings = {}) {
    const { client, group } = createFailoverClient({
      ...settings,
      Redis,
      clientOptions: { lazyConnect: true },
      endpoints: endpointsOf(addresses),
    })
    client.on('error', () => undefined)
    return {
      client,
      group: group as never,
      send: (command = '', ...words) => client.call(command, ...words),
      connect: () => client.connect(),
      close: () => group.close(),
      another: () => {
        const more = client.duplicate()
        more.on('error', () => undefined)
        return { client: more, connect: () => more.connect(), close: async () => more.disconnect() }
      },
      add: ({ id, ...options }) => group.add({ id, weight: 0, options }),
      async subscribe(channel, onMessage) {
        client.on('message', (_channel, message) => onMessage(message))
        await client.subscribe(channel)
      },
      transaction: (key) => client.multi().incr(key).exec(),
    }
  },
  createBare: bare,
  // What the transparent client turns off costs nothing while all is well.
  createDefault: bare,
  // Without the detector it stays with a hung primary, whatever the Sentinels say.
  createSentinel: (sentinels, name) =>
    standalone(new Redis({ sentinels: [...sentinels], name, failoverDetector: true, lazyConnect: true })),
  work(commands, { operation, valueBytes }) {
    const client = commands as Redis
    const value = 'x'.repeat(valueBytes)
    const pieces: Readonly<Record<Operation, () => Promise<unknown>>> = {
      GET: () => client.get('value'),
      SET: () => client.set('written', value),
      INCR: () => client.incr('count'),
      'pipeline of 10 GET': () => {
        const pipeline = client.pipeline()
        for (let i = 0; i < 10; i++) pipeline.get('value')
        return pipeline.exec()
      },
      'MULTI of GET and INCR': () => client.multi().get('value').incr('count').exec(),
    }
    return pieces[operation]
  },
  async createPools(addresses, size) {
    const { genericPool, groupPools } = await import('./pools.ts')
    const [first] = addresses
    const { group } = createFailoverClient({
      Redis,
      clientOptions: { lazyConnect: true },
      pool: { min: size, max: size },
      endpoints: endpointsOf(addresses),
    })
    const factory = {
      make: async () => {
        const client = new Redis({ host: first!.host, port: first!.port, lazyConnect: true })
        await client.connect()
        return client
      },
      end: async (client: Redis) => void (await client.quit()),
    }
    return [
      ...groupPools(group as never),
      genericPool('generic-pool', factory, size),
      genericPool(
        'generic-pool, checks by PING',
        { ...factory, validate: async (client) => (await client.ping()) === 'PONG' },
        size,
      ),
    ]
  },
}

const endpointsOf = (addresses: readonly Address[]) =>
  addresses.map(({ id, ...options }, index) => ({ id, weight: addresses.length - index, options }))

function bare({ host, port }: Address): Standalone {
  return standalone(new Redis({ host, port, lazyConnect: true }))
}

function standalone(client: Redis): Standalone {
  client.on('error', () => undefined)
  return {
    client,
    connect: () => client.connect(),
    close: async () => void (await client.quit()),
    drop: async () => client.disconnect(),
  }
}
