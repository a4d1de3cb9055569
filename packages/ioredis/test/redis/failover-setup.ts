import { type RedisServer, startServers } from '@redis-endpoint-failover/test-infra'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { createFailoverClient, type FailoverClientOptions, type IoredisOptions } from '../../src/index.ts'

type Options = Omit<FailoverClientOptions<Redis>, 'Redis' | 'endpoints'> & {
  readonly endpointOptions?: IoredisOptions
}

export type Setup = ReturnType<typeof createSetup>

export const createSetup = ([east, west]: readonly RedisServer[], options: Options = {}) => {
  const { endpointOptions, ...rest } = options
  const optionsOf = (server: RedisServer): IoredisOptions => ({
    host: server.host,
    port: server.port,
    ...(server.password !== undefined && { password: server.password }),
    ...endpointOptions,
  })
  return createFailoverClient({
    Redis,
    endpoints: [
      { id: 'east', weight: 2, options: optionsOf(east!) },
      { id: 'west', weight: 1, options: optionsOf(west!) },
    ],
    preset: 'fast',
    drainTimeout: 1000,
    ...rest,
  })
}

/** Two servers for all tests of a file; they are emptied, and running again, before each test. */
export const useServers = (): readonly [RedisServer, RedisServer] => {
  const servers: RedisServer[] = []
  const cleanups: (() => Promise<unknown>)[] = []
  beforeAll(async () => {
    servers.push(...(await startServers(['east', 'west'])))
  })
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
    await Promise.all(
      servers.map(async (server) => {
        if (server.isRunning) {
          await server.resume()
          await server.command('REPLICAOF', 'NO', 'ONE')
          await server.command('FLUSHALL')
        } else await server.restart()
      }),
    )
  })
  afterAll(() => Promise.all(servers.map((server) => server.stop())))
  const at = (index: number): RedisServer =>
    new Proxy({} as RedisServer, {
      get: (_target, property) => {
        const server = servers[index]!
        const value: unknown = Reflect.get(server, property, server)
        return typeof value === 'function' ? value.bind(server) : value
      },
    })
  atEnd = (cleanup) => cleanups.push(cleanup)
  return [at(0), at(1)]
}

let atEnd: (cleanup: () => Promise<unknown>) => void = () => {}

/** A client that is closed at the end of the test, and ready for commands. */
export const start = async (servers: readonly RedisServer[], options: Options = {}): Promise<Setup> => {
  const setup = createSetup(servers, options)
  atEnd(() => setup.group.close())
  await setup.client.connect()
  return setup
}
