import { createFailoverClient } from '@redis-endpoint-failover/node-redis'
import { createClient, createClientPool, createSentinel } from 'redis'
import type { Operation } from '../scenario/overhead-run.ts'
import type { Address, BenchmarkClient, Standalone } from './benchmark-client.ts'

/** The client's own time limit costs most of its throughput and ends at the write: the adapter turns it off. */
const sameAsRouted = { commandOptions: { timeout: undefined as never } }

export const nodeRedis: BenchmarkClient = {
  name: 'node-redis',
  createRouted(addresses, settings = {}) {
    const { client, group } = createFailoverClient({
      ...settings,
      create: createClient,
      endpoints: endpointsOf(addresses),
    })
    client.on('error', () => undefined)
    return {
      client: client as never,
      group: group as never,
      send: (...words) => client.sendCommand(words),
      connect: async () => void (await client.connect()),
      close: () => group.close(),
      another: () => {
        const more = client.duplicate()
        more.on('error', () => undefined)
        return {
          client: more as never,
          connect: async () => void (await more.connect()),
          close: async () => more.destroy(),
        }
      },
      add: (address) => group.add({ id: address.id, weight: 0, options: optionsOf(address) }),
      subscribe: (channel, onMessage) => client.subscribe(channel, onMessage),
      transaction: (key) => client.multi().incr(key).exec(),
    }
  },
  createBare: (address) => bare(address, sameAsRouted),
  createDefault: (address) => bare(address, {}),
  createSentinel(sentinels, name) {
    const client = createSentinel({ name, sentinelRootNodes: [...sentinels] })
    client.on('error', () => undefined)
    return {
      client: client as never,
      connect: async () => void (await client.connect()),
      close: () => client.close(),
      drop: () => client.destroy(),
    }
  },
  work(commands, { operation, valueBytes }) {
    const client = commands as unknown as ReturnType<typeof createClient>
    const value = 'x'.repeat(valueBytes)
    const pieces: Readonly<Record<Operation, () => Promise<unknown>>> = {
      GET: () => client.get('value'),
      SET: () => client.set('written', value),
      INCR: () => client.incr('count'),
      'pipeline of 10 GET': () => {
        let pipeline = client.multi().get('value')
        for (let i = 1; i < 10; i++) pipeline = pipeline.get('value') as never
        return pipeline.execAsPipeline()
      },
      'MULTI of GET and INCR': () => client.multi().get('value').incr('count').exec(),
    }
    return pieces[operation]
  },
  async createPools(addresses, size) {
    const { genericPool, groupPools } = await import('./pools.ts')
    const [first] = addresses
    const socket = { host: first!.host, port: first!.port }
    const { group } = createFailoverClient({
      create: createClient,
      pool: { min: size, max: size },
      endpoints: endpointsOf(addresses),
    })
    const factory = {
      make: async () => {
        const client = createClient({ ...sameAsRouted, socket })
        client.on('error', () => undefined)
        await client.connect()
        return client
      },
      end: (client: ReturnType<typeof createClient>) => client.close(),
    }
    const own = createClientPool({ ...sameAsRouted, socket }, { minimum: size, maximum: size })
    own.on('error', () => undefined)
    return [
      ...groupPools(group as never),
      {
        name: 'createClientPool()',
        open: async () => void (await own.connect()),
        pair: undefined,
        get: () => own.execute((client) => client.get('value')),
        close: () => own.close(),
      },
      genericPool('generic-pool', factory as never, size),
      genericPool(
        'generic-pool, checks by PING',
        {
          ...factory,
          validate: async (client: ReturnType<typeof createClient>) => (await client.ping()) === 'PONG',
        } as never,
        size,
      ),
    ]
  },
}

const optionsOf = ({ id: _, host, port, tls, ...credentials }: Address) => ({
  ...credentials,
  socket: { host, port, ...(tls !== undefined && { tls: true as const, ...tls }) },
})

const endpointsOf = (addresses: readonly Address[]) =>
  addresses.map((address, index) => ({
    id: address.id,
    weight: addresses.length - index,
    options: optionsOf(address),
  }))

function bare({ host, port }: Address, settings: object): Standalone {
  const client = createClient({ ...settings, socket: { host, port } })
  client.on('error', () => undefined)
  return {
    client: client as never,
    connect: async () => void (await client.connect()),
    close: () => client.close(),
    drop: async () => client.destroy(),
  }
}
