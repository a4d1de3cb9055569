import type {
  AdapterContractOptions,
  FailoverClientContractOptions,
  ServerAddress,
} from '@redis-endpoint-failover/testkit'
import { Redis } from 'ioredis'
import { createIoredisAdapter } from '../../src/adapter/ioredis-adapter.ts'
import { createFailoverClient, type IoredisOptions } from '../../src/index.ts'

const optionsFor = ({ host, port, username, password, tls }: ServerAddress): IoredisOptions => ({
  host,
  port,
  ...(username !== undefined && { username }),
  ...(password !== undefined && { password }),
  ...(tls !== undefined && { tls: tls.ca === undefined ? {} : { ca: tls.ca } }),
})

/** What the suites need to know of the adapter, and of the transparent client. */
export const adapterContract: AdapterContractOptions<Redis, IoredisOptions> = {
  name: 'ioredis',
  adapter: () => createIoredisAdapter(Redis),
  optionsFor,
}

export const clientContract: FailoverClientContractOptions = {
  name: 'ioredis',
  createClient: ({ endpoints, groupOptions }) => {
    const { client, group } = createFailoverClient({
      Redis,
      clientOptions: { lazyConnect: true },
      endpoints: endpoints.map(({ server, ...endpoint }) => ({ ...endpoint, options: optionsFor(server) })),
      ...groupOptions,
    })
    return {
      client,
      group,
      get: (key) => client.get(key),
      set: (key, value) => client.set(key, value),
      incr: (key) => client.incr(key),
      call: (name, ...args) => client.call(name, ...args),
      native: (native, [name = '', ...args]) => (native as Redis).call(name, ...args),
      connect: () => client.connect(),
      close: () => client.quit(),
    }
  },
}
