import type {
  AdapterContractOptions,
  ClientSetup,
  ClientUnderTest,
  FailoverClientContractOptions,
  ServerAddress,
} from '@redis-endpoint-failover/testkit'
import { createClient } from 'redis'
import { createFailoverClient, createNodeRedisAdapter, type NodeRedisOptions } from '../../src/index.ts'

const create = (options: NodeRedisOptions) => createClient(options)

const optionsFor = ({ host, port, username, password, tls }: ServerAddress): NodeRedisOptions => ({
  ...(username === undefined ? {} : { username }),
  ...(password === undefined ? {} : { password }),
  socket:
    tls === undefined ? { host, port } : { host, port, tls: true, ...(tls.ca === undefined ? {} : { ca: tls.ca }) },
})

/** What the suites need to know of the adapter, and of the transparent client. */
export const adapterContract: AdapterContractOptions<ReturnType<typeof create>, NodeRedisOptions> = {
  name: 'node-redis',
  adapter: () => createNodeRedisAdapter(create),
  optionsFor,
}

/** A transparent client through the calls that the suites make. */
export const underTest = (client: ReturnType<typeof create>, group: ClientUnderTest['group']): ClientUnderTest => ({
  client,
  group,
  get: (key) => client.get(key),
  set: (key, value) => client.set(key, value),
  incr: (key) => client.incr(key),
  call: (...args) => client.sendCommand(args),
  native: (native, args) => (native as typeof client).sendCommand([...args]),
  connect: () => client.connect(),
  close: () => client.close(),
})

export const clientContract: FailoverClientContractOptions = {
  name: 'node-redis',
  createClient({ endpoints, groupOptions }: ClientSetup) {
    const { client, group } = createFailoverClient({
      ...groupOptions,
      create,
      endpoints: endpoints.map(({ id, weight, server }) => ({ id, weight, options: optionsFor(server) })),
    })
    return underTest(client, group)
  },
}
