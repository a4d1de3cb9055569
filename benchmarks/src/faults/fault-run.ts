import {
  type FaultProxy,
  type ProxyTarget,
  type RedisOptions,
  type RedisServer,
  startProxy,
  startRedis,
} from '@redis-endpoint-failover/test-infra'
import { type Load, type LoadReport, startLoad } from '@redis-endpoint-failover/testkit/load'
import type { BenchmarkClient, GroupSettings } from '../client/benchmark-client.ts'
import type { StallWatch } from '../measure/stall-watch.ts'
import { addressOf } from '../scenario/server-pair.ts'
import { Session } from '../scenario/session.ts'

export interface FaultRunOptions {
  readonly client: BenchmarkClient
  readonly share: number
  readonly stalls: StallWatch
}

export interface TrafficOptions {
  /** A second. Default 200. */
  readonly reads?: number
  /** A second. Default 50. */
  readonly incrs?: number
}

/** Where an endpoint is to be found, and who its clients are there: a server will do, or a proxy. */
export interface EndpointTarget {
  readonly host: string
  readonly port: number
  readonly username?: string | undefined
  readonly password?: string | undefined
  /** Defined if it speaks TLS. */
  readonly tls?: { readonly ca: string; readonly servername?: string } | undefined
}

/** Remembers what they executed even if they are killed, so that they can be asked afterwards. */
const remembering = { appendonly: 'yes', appendfsync: 'no' }

/** How long a client may take to close. */
const closeMs = 10_000

/** One run of one row: starts what the row needs, and ends it all. */
export class FaultRun {
  readonly client: BenchmarkClient
  /** From 0 (included) to 1 (excluded), evenly spread over the runs: for the phase of what is periodic. */
  readonly share: number
  /** What was not as expected. */
  readonly notes: string[] = []
  readonly #stalls: StallWatch
  readonly #servers: RedisServer[] = []
  readonly #unasked = new Set<RedisServer>()
  readonly #proxies: FaultProxy[] = []
  readonly #sessions: Session[] = []
  readonly #loads: Load[] = []
  readonly #undo: (() => unknown)[] = []

  constructor({ client, share, stalls }: FaultRunOptions) {
    this.client = client
    this.share = share
    this.#stalls = stalls
  }

  /** Checks a part of the row's "expected"; `what` is the sentence that is untrue if it does not hold. */
  expect(holds: boolean, what: string): void {
    if (!holds) this.notes.push(what)
  }

  /** Done when the run is over, the last one first, before anything is closed. */
  undo(action: () => unknown): void {
    this.#undo.push(action)
  }

  async server(name: string, options: Omit<RedisOptions, 'name'> = {}): Promise<RedisServer> {
    const args = Array.isArray(options.args) ? options.args : { ...remembering, ...options.args }
    const server = await startRedis({ ...options, name, args })
    this.#servers.push(server)
    return server
  }

  /** A server that no traffic reaches, or that will answer no questions: it is not asked what it executed. */
  async unaskedServer(name: string, options: Omit<RedisOptions, 'name'> = {}): Promise<RedisServer> {
    const server = await this.server(name, options)
    this.#unasked.add(server)
    return server
  }

  /** The two servers that most rows need; the group prefers `east`. */
  async pair(options: Omit<RedisOptions, 'name'> = {}): Promise<{ east: RedisServer; west: RedisServer }> {
    const [east, west] = await Promise.all([this.server('east', options), this.server('west', options)])
    return { east, west }
  }

  async proxy(target: ProxyTarget): Promise<FaultProxy> {
    const proxy = await startProxy({ target })
    this.#proxies.push(proxy)
    return proxy
  }

  /** A session that is not connected yet. The first endpoint is the preferred one. */
  session(endpoints: Readonly<Record<string, EndpointTarget>>, settings: GroupSettings = {}): Session {
    const addresses = Object.entries(endpoints).map(([id, { username, password, tls, ...where }]) => ({
      ...addressOf(id, where),
      ...(username !== undefined && { username }),
      // A server's own password is what its clients need.
      ...(password !== undefined && { password }),
      ...(tls !== undefined && {
        tls: { ca: tls.ca, ...(tls.servername !== undefined && { servername: tls.servername }) },
      }),
    }))
    const session = new Session(this.client, addresses, { historySize: 100_000, ...settings }, this.#stalls)
    this.#sessions.push(session)
    return session
  }

  /** A connected session whose endpoints are all up. */
  async connect(endpoints: Readonly<Record<string, EndpointTarget>>, settings?: GroupSettings): Promise<Session> {
    return await this.session(endpoints, settings).connect()
  }

  /** Reads and INCRs of keys of their own at a steady rate; audited when the run is over. */
  traffic({ client }: Session, { reads = 200, incrs = 50 }: TrafficOptions = {}): Load {
    const load = startLoad({
      get: (key) => client.get(key),
      incr: (key) => client.incr(key),
      readsPerSecond: reads,
      incrsPerSecond: incrs,
    })
    this.#loads.push(load)
    return load
  }

  /** The servers that are asked what they executed. */
  get askedServers(): readonly RedisServer[] {
    return this.#servers.filter((server) => !this.#unasked.has(server))
  }

  /** Undoes the fault, ends traffic and clients, and wakes the servers up. Resolves with what became of the commands. */
  async settle(): Promise<LoadReport[]> {
    for (const action of this.#undo.splice(0).reverse()) await action()
    const reports = await Promise.all(this.#loads.map((load) => load.stop()))
    await Promise.all(this.#sessions.map((session) => this.#closed(session)))
    for (const server of this.#servers) {
      if (server.isRunning) await server.resume()
      else await server.restart()
    }
    return reports
  }

  /** Ends what is left. May be called at any time, and twice. */
  async stop(): Promise<void> {
    await Promise.all(this.#sessions.splice(0).map((session) => this.#closed(session)))
    await Promise.all(this.#proxies.splice(0).map((proxy) => proxy.close()))
    await Promise.all(this.#servers.splice(0).map((server) => server.stop()))
  }

  async #closed(session: Session): Promise<void> {
    const timer = new AbortController()
    const late = new Promise<boolean>((resolve) => {
      const timeout = setTimeout(() => resolve(false), closeMs)
      timer.signal.addEventListener('abort', () => clearTimeout(timeout))
    })
    this.expect(
      await Promise.race([session.close().then(() => true), late]),
      `close() did not end within ${closeMs} ms.`,
    )
    timer.abort()
  }
}
