import type {
  AdapterConnection,
  ClientAdapter,
  CommandArgument,
  ConnectionPurpose,
  ErrorVerdict,
} from '@redis-endpoint-failover/core'
import {
  type FaultProxy,
  type ProxyOptions,
  type RedisServer,
  startProxy,
  startRedis,
} from '@redis-endpoint-failover/test-infra'
import { afterAll, afterEach, beforeAll } from 'vitest'
import type { ServerAddress } from '../server-address.ts'
import type { AdapterContractOptions, AdapterExpectations } from './adapter-contract.ts'

/** A connection under test, and what its adapter reported about it. */
export interface Specimen {
  readonly connection: AdapterConnection<unknown>
  /** The errors of all calls of `onLost`. */
  readonly lost: readonly unknown[]
  command(...args: CommandArgument[]): Promise<unknown>
}

const CONNECT_TIMEOUT_MS = 5000

/** Makes connections with the adapter under test, to one server that all tests share, and cleans up after each test. */
export class AdapterBench<TClient = unknown, TOptions = unknown> {
  readonly expectations: Required<AdapterExpectations>
  readonly #options: AdapterContractOptions<TClient, TOptions>
  readonly #connections: AdapterConnection<TClient>[] = []
  readonly #cleanups: (() => Promise<unknown>)[] = []
  #server: RedisServer | undefined

  constructor(options: AdapterContractOptions<TClient, TOptions>) {
    this.#options = options
    this.expectations = { showsBytesRead: true, subscribes: true, ...options.expectations }
    beforeAll(async () => {
      this.#server = await startRedis({ name: 'contract' })
    })
    afterEach(async () => {
      for (const connection of this.#connections.splice(0)) connection.destroy()
      for (const cleanup of this.#cleanups.splice(0).reverse()) await cleanup()
      await this.#server?.command('FLUSHALL')
    })
    afterAll(() => this.#server?.stop())
  }

  get adapter(): ClientAdapter<TClient, TOptions> {
    return this.#options.adapter()
  }

  /** The server that tests share; those that break it start their own. */
  get server(): RedisServer {
    if (this.#server === undefined) throw new Error('The server of the contract has not started.')
    return this.#server
  }

  optionsFor(server: ServerAddress): TOptions {
    return this.#options.optionsFor(server)
  }

  /** A connection that has not been asked to connect. */
  create(server: ServerAddress, purpose: ConnectionPurpose = 'data'): Specimen {
    const lost: unknown[] = []
    const connection = this.adapter.createConnection({
      endpointId: 'specimen',
      options: this.optionsFor(server),
      purpose,
      connectTimeout: CONNECT_TIMEOUT_MS,
      onLost: (error) => lost.push(error),
    })
    this.#connections.push(connection)
    return { connection, lost, command: (...args) => connection.command(args) }
  }

  /** A connection that is ready. */
  async open(server: ServerAddress = this.server, purpose?: ConnectionPurpose): Promise<Specimen> {
    const specimen = this.create(server, purpose)
    await specimen.connection.connect()
    return specimen
  }

  classify(error: unknown): ErrorVerdict {
    return this.adapter.classifyError(error)
  }

  /** A server for this test alone. */
  async startServer(options: Parameters<typeof startRedis>[0] = {}): Promise<RedisServer> {
    const server = await startRedis(options)
    this.atEnd(() => server.stop())
    return server
  }

  /** A proxy for this test alone. */
  async startProxy(options: Partial<ProxyOptions> = {}): Promise<FaultProxy> {
    const proxy = await startProxy({ target: this.server, ...options })
    this.atEnd(() => proxy.close())
    return proxy
  }

  /** Sets configuration of the shared server for this test. */
  async configure(settings: Readonly<Record<string, string | number>>): Promise<void> {
    for (const [key, value] of Object.entries(settings)) {
      const before = await this.server.command('CONFIG', 'GET', key)
      const previous = Array.isArray(before) ? String(before[1]) : ''
      await this.server.command('CONFIG', 'SET', key, value)
      this.atEnd(() => this.server.command('CONFIG', 'SET', key, previous))
    }
  }

  /** Runs when this test has ended, last added first. */
  atEnd(cleanup: () => Promise<unknown>): void {
    this.#cleanups.push(cleanup)
  }
}
