import { type FaultProxy, type RedisServer, startProxy, startServers } from '@redis-endpoint-failover/test-infra'
import { afterAll, afterEach, beforeAll } from 'vitest'
import type { ClientSetup } from '../client/client-contract.ts'
import { EventRecorder } from '../client/event-recorder.ts'
import type { SubscribingClient, SubscriptionContractOptions } from './subscription-contract.ts'

export type Id = 'east' | 'west'

/** One server, and the proxy that the client reaches it through. */
export interface Place {
  readonly server: RedisServer
  readonly proxy: FaultProxy
}

export interface SubscriptionStage {
  readonly client: SubscribingClient
  readonly events: EventRecorder
  readonly places: Readonly<Record<Id, Place>>
}

/** Two servers for all tests of a file, and a client for each test. */
export class SubscriptionBench {
  readonly #options: SubscriptionContractOptions
  readonly #servers: RedisServer[] = []
  readonly #cleanups: (() => Promise<unknown>)[] = []

  /** Whether the client replaces connections within an endpoint by itself. */
  readonly several: boolean

  constructor(options: SubscriptionContractOptions) {
    this.#options = options
    this.several = options.several === true
    const start = options.startServers ?? (() => startServers(['east', 'west']))
    beforeAll(async () => {
      this.#servers.push(...(await start()))
    }, 30_000)
    afterEach(async () => {
      for (const cleanup of this.#cleanups.splice(0).reverse()) await cleanup()
      for (const server of this.#servers) {
        if (server.isRunning) await server.resume()
        else await server.restart()
      }
    })
    afterAll(() => Promise.all(this.#servers.map((server) => server.stop())))
  }

  /** Runs when this test has ended, last added first. */
  atEnd(cleanup: () => Promise<unknown>): void {
    this.#cleanups.push(cleanup)
  }

  async stage(groupOptions: ClientSetup['groupOptions'] = {}): Promise<SubscriptionStage> {
    const places = { east: await this.#place(0), west: await this.#place(1) }
    const address = ({ server, proxy }: Place) => ({ host: server.host, port: proxy.port, password: server.password })
    const client = this.#options.createClient({
      endpoints: [
        { id: 'east', weight: 2, server: address(places.east) },
        { id: 'west', weight: 1, server: address(places.west) },
      ],
      groupOptions: { preset: 'fast', drainTimeout: 1000, failback: { mode: 'never' }, ...groupOptions },
    })
    this.atEnd(() => client.group.close())
    const events = new EventRecorder(client.group)
    await client.connect()
    return { client, events, places }
  }

  async #place(index: number): Promise<Place> {
    const server = this.#servers[index]
    if (server === undefined) throw new Error('The servers of the contract have not started.')
    const proxy = await startProxy({ target: server })
    this.atEnd(() => proxy.close())
    return { server, proxy }
  }
}

/** The connections of a server that carry subscriptions, as the proxy sees them. */
export const subscriberConnections = async ({ server, proxy }: Place) => {
  const list = String(await server.command('CLIENT', 'LIST', 'TYPE', 'pubsub'))
  const ports = new Set([...list.matchAll(/ addr=[^ ]*:(\d+) /g)].map(([, port]) => Number(port)))
  return proxy.connections.filter(({ upstreamPort }) => upstreamPort !== undefined && ports.has(upstreamPort))
}
