import { createServer, type Server, type Socket } from 'node:net'
import type { ConnectionFaults, Faults } from './faults.ts'
import { ProxiedConnection } from './proxied-connection.ts'

export interface ProxyTarget {
  host: string
  port: number
  /** If given, the proxy's `url` is this with the proxy's port. */
  url?: string
}

export interface SetFaultsOptions {
  /** `all`: connections of now and later (default); `new`: only those accepted from now on; `existing`: only those open now. */
  for?: 'all' | 'new' | 'existing'
}

/** A TCP proxy on 127.0.0.1 whose faults are switched at run time. Made by `startProxy`. Never keeps a process alive. */
export class FaultProxy implements AsyncDisposable {
  readonly host = '127.0.0.1'
  readonly port: number
  readonly target: ProxyTarget
  /** When each connection was accepted, on the clock of `performance.now()`. */
  readonly acceptTimes: number[] = []
  readonly #open = new Map<number, ProxiedConnection>()
  // Also those whose client is gone while the server has not been told yet.
  readonly #all = new Set<ProxiedConnection>()
  #faults: Faults = {}
  #faultsForNew: Faults = {}
  #server: Server | undefined
  #isClosed = false

  constructor(target: ProxyTarget, port: number, faults: Faults) {
    this.target = target
    this.port = port
    this.#faults = faults
  }

  /** The target's URL with the proxy's port. */
  get url(): string {
    const url = new URL(this.target.url ?? `redis://${this.host}`)
    url.hostname = this.host
    url.port = String(this.port)
    return url.href
  }

  /** Connections that their clients hold open, in the order of acceptance. */
  get connections(): readonly ProxiedConnection[] {
    return [...this.#open.values()]
  }

  /** How many connections were ever accepted. */
  get acceptedCount(): number {
    return this.acceptTimes.length
  }

  /** The faults of the whole proxy. */
  get faults(): Faults {
    return this.#faults
  }

  /** Replaces the faults: what is not named is off. In force when it returns; a reopened port, when it resolves. */
  async setFaults(faults: Faults, options: SetFaultsOptions = {}): Promise<void> {
    const scope = options.for ?? 'all'
    if (scope === 'existing') {
      for (const connection of this.#all) connection.setFaults(faults)
      return
    }
    if (scope === 'all') this.#faults = faults
    else this.#faultsForNew = faults
    if (scope === 'all') for (const connection of this.#all) connection.applyFaults()
    await this.#listenOrRefuse()
  }

  /** Ends all faults, also those of single connections. */
  async clearFaults(): Promise<void> {
    this.#faultsForNew = {}
    this.#faults = {}
    for (const connection of this.#all) connection.setFaults({})
    await this.#listenOrRefuse()
  }

  /** RST on every open connection, once; new ones are served. */
  resetConnections(): void {
    for (const connection of this.#all) connection.reset()
  }

  /** FIN on every open connection, once; new ones are served. With `refuse` it looks like a dead process. */
  endConnections(): void {
    for (const connection of this.#all) connection.end()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const connection of this.#all) connection.destroy()
    await this.#stopListening()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Used by `startProxy`: rejects if the port is taken. */
  async listen(): Promise<void> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#accept(client))
    this.#server = server
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host: this.host, port: this.port }, resolve)
    })
    server.unref()
  }

  #accept(client: Socket): void {
    this.acceptTimes.push(performance.now())
    const id = this.acceptTimes.length
    const faults = withoutRefuse(this.#faultsForNew)
    if (this.#isClosed || isResetAtOnce({ ...this.#faults, ...faults })) {
      client.resetAndDestroy()
      return
    }
    const connection: ProxiedConnection = new ProxiedConnection({
      id,
      client,
      target: { host: this.target.host, port: this.target.port },
      proxyFaults: () => withoutRefuse(this.#faults),
      faults,
      onClientGone: () => this.#open.delete(id),
      onClosed: () => this.#all.delete(connection),
    })
    this.#open.set(id, connection)
    this.#all.add(connection)
  }

  async #listenOrRefuse(): Promise<void> {
    const refuse = this.#faults.refuse === true || this.#faultsForNew.refuse === true
    if (refuse) await this.#stopListening()
    else if (this.#server === undefined && !this.#isClosed) await this.listen()
  }

  #stopListening(): Promise<void> {
    // The listening socket is closed when close() returns; its callback would wait for the connections as well.
    this.#server?.close()
    this.#server = undefined
    return Promise.resolve()
  }
}

function withoutRefuse({ refuse: _, ...faults }: Faults): ConnectionFaults {
  return faults
}

function isResetAtOnce({ reset }: ConnectionFaults): boolean {
  if (typeof reset === 'object') return 'probability' in reset && Math.random() < reset.probability
  return reset === true
}
