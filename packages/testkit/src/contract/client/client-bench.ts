import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type FaultProxy,
  type RedisOptions,
  type RedisServer,
  startProxy,
  startServers,
} from '@redis-endpoint-failover/test-infra'
import { afterAll, afterEach } from 'vitest'
import { type Load, type LoadOptions, startLoad } from '../../load/start-load.ts'
import type { Measurements } from '../measurements.ts'
import { remembering } from '../remembering.ts'
import type { ServerAddress } from '../server-address.ts'
import type { ClientSetup, ClientUnderTest, FailoverClientContractOptions } from './client-contract.ts'
import { EventRecorder } from './event-recorder.ts'

/** How much later than its bound something may come on a machine that is busy with other things. */
export const SLACK_MS = 500

/** Two servers, a client over both, and a record of everything that its group said. */
export interface Stage extends ClientUnderTest {
  /** Preferred, and active after the start. */
  readonly east: RedisServer
  readonly west: RedisServer
  readonly servers: readonly [RedisServer, RedisServer]
  readonly events: EventRecorder
  /** What `east` is reached through, with `proxied`. */
  readonly proxy: FaultProxy
  startLoad(options?: Partial<LoadOptions>): Load
}

export interface StageOptions {
  readonly groupOptions?: ClientSetup['groupOptions']
  readonly serverOptions?: Omit<RedisOptions, 'name' | 'port'>
  /** Whom the client logs in as, instead of as the default user. */
  readonly credentials?: { readonly username: string; readonly password: string }
  /** Settings of redis.conf that only `west` has. */
  readonly westArgs?: Readonly<Record<string, string | number>>
  /** Reach `east` through a proxy. */
  readonly proxied?: boolean
  /** Do not start the client. */
  readonly idle?: boolean
}

/** Sets up one stage per test, and takes it down. */
export class ClientBench {
  readonly measurements: Measurements
  readonly #options: FailoverClientContractOptions
  readonly #cleanups: (() => Promise<unknown>)[] = []

  constructor(options: FailoverClientContractOptions, measurements: Measurements) {
    this.#options = options
    this.measurements = measurements
    afterEach(() => this.#cleanUp())
    afterAll(() => this.measurements.print(options.name))
  }

  /** Runs when this test has ended, last added first. */
  atEnd(cleanup: () => Promise<unknown>): void {
    this.#cleanups.push(cleanup)
  }

  async stage(stageOptions: StageOptions = {}): Promise<Stage> {
    const { groupOptions = {}, serverOptions, credentials, westArgs, proxied, idle } = stageOptions
    // With its data on disk, a server that was killed can be asked afterwards what it had executed.
    const options = { args: remembering, ...serverOptions }
    const servers = await startServers(['east', 'west'], options)
    for (const server of servers) this.atEnd(() => server.stop())
    if (westArgs !== undefined) await reconfigure(servers[1], westArgs)
    const [east, west] = servers
    const proxy = proxied === true ? await startProxy({ target: east }) : undefined
    if (proxy !== undefined) this.atEnd(() => proxy.close())
    const address = (server: RedisServer): ServerAddress => ({
      host: server.host,
      port: server === east ? (proxy?.port ?? server.port) : server.port,
      ...(credentials ?? { password: server.password }),
      tls: server.tls,
    })
    const client = this.#options.createClient({
      endpoints: [
        { id: 'east', weight: 2, server: address(east) },
        { id: 'west', weight: 1, server: address(west) },
      ],
      groupOptions: { preset: 'fast', drainTimeout: 1000, ...groupOptions },
    })
    this.atEnd(() => client.group.close())
    const events = new EventRecorder(client.group)
    if (idle !== true) {
      await client.connect()
      await client.get('warm')
    }
    return {
      ...client,
      east,
      west,
      servers,
      events,
      get proxy() {
        if (proxy === undefined) throw new Error('This stage has no proxy.')
        return proxy
      },
      startLoad: (options) => {
        const load = startLoad({
          get: client.get,
          incr: client.incr,
          readsPerSecond: 200,
          incrsPerSecond: 50,
          ...options,
        })
        this.atEnd(() => load.stop({ settleTimeout: 0 }))
        return load
      },
    }
  }

  /** A client of endpoints that are no servers of this bench. */
  client(setup: ClientSetup): ClientUnderTest {
    const client = this.#options.createClient(setup)
    this.atEnd(() => client.group.close())
    return client
  }

  async #cleanUp(): Promise<void> {
    for (const cleanup of this.#cleanups.splice(0).reverse()) await cleanup()
  }
}

async function reconfigure(server: RedisServer, settings: Readonly<Record<string, string | number>>): Promise<void> {
  const lines = Object.entries(settings).map(([key, value]) => `${key} ${value}\n`)
  await appendFile(join(server.dir, 'redis.conf'), lines.join(''))
  await server.restart()
}
