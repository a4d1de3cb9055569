import { connect, type Socket } from 'node:net'
import { BytePipe } from './byte-pipe.ts'
import { type ConnectionFaults, garbageOf } from './faults.ts'

export interface ProxiedConnectionOptions {
  id: number
  client: Socket
  target: { host: string; port: number }
  proxyFaults: () => ConnectionFaults
  faults: ConnectionFaults
  /** The client has closed or lost its side. */
  onClientGone: () => void
  /** Both sides are closed. */
  onClosed: () => void
}

/** One connection through the proxy. */
export class ProxiedConnection {
  /** Counts from 1 in the order of acceptance. */
  readonly id: number
  /** On the clock of `performance.now()`. */
  readonly openedAt = performance.now()
  /** The client's own port, which also is in CLIENT LIST of a server without a proxy. */
  readonly clientPort: number
  readonly #options: ProxiedConnectionOptions
  readonly #client: Socket
  readonly #up: BytePipe
  readonly #down: BytePipe
  #upstream: Socket | undefined
  #own: ConnectionFaults
  #bytesUp = 0
  #limitBase = 0

  constructor(options: ProxiedConnectionOptions) {
    const { id, client, faults } = options
    this.id = id
    this.clientPort = client.remotePort ?? 0
    this.#options = options
    this.#client = client
    this.#own = faults
    const common = { faults: () => this.faults }
    this.#up = new BytePipe({ ...common, way: 'up', source: () => client, sink: () => this.#upstream })
    this.#down = new BytePipe({
      ...common,
      way: 'down',
      source: () => this.#upstream,
      sink: () => client,
      limit: () => this.#bytesUntilReset,
      onLimit: () => this.reset(),
    })
    this.#watchClient()
    const { mute, garbage } = this.faults
    if (mute !== true && garbage === undefined) this.#openUpstream()
  }

  /** Bytes received from the client. */
  get bytesUp(): number {
    return this.#bytesUp
  }

  /** Bytes delivered to the client. */
  get bytesDown(): number {
    return this.#down.deliveredBytes
  }

  /** The port from which the proxy is connected to the server: the one that CLIENT LIST shows. */
  get upstreamPort(): number | undefined {
    return this.#upstream?.localPort
  }

  /** The faults in force: those of the proxy, overridden by those of this connection. */
  get faults(): ConnectionFaults {
    return { ...this.#options.proxyFaults(), ...this.#own }
  }

  /** Replaces the faults of this connection alone; `{}` leaves only those of the proxy. */
  setFaults(faults: ConnectionFaults): void {
    this.#own = faults
    this.applyFaults()
  }

  /** Called when the faults have changed. */
  applyFaults(): void {
    this.#limitBase = this.bytesDown
    if (this.faults.reset === true) return this.reset()
    this.#up.pump()
    this.#down.pump()
  }

  /** RST to the client, now. */
  reset(): void {
    this.#client.resetAndDestroy()
    this.destroy()
  }

  /** FIN to the client, now, as a server does that closes the connection. */
  end(): void {
    this.#client.end()
    this.#upstream?.destroy()
  }

  destroy(): void {
    this.#up.stop()
    this.#down.stop()
    this.#client.destroy()
    this.#upstream?.destroy()
  }

  #watchClient(): void {
    const client = this.#client
    client.unref()
    client.on('data', (chunk) => this.#receive(chunk))
    client.on('end', () => {
      this.#options.onClientGone()
      if (this.#upstream === undefined) client.end()
      else this.#up.push('end')
    })
    client.on('error', () => this.#up.push('reset'))
    client.on('close', () => {
      this.#options.onClientGone()
      this.#closedOneSide()
    })
  }

  #receive(chunk: Buffer): void {
    this.#bytesUp += chunk.length
    const garbage = garbageOf(this.faults)
    if (garbage === undefined) {
      // There is none yet if the connection began muted or with garbage; the server's side begins when that ended.
      if (this.#upstream === undefined && this.faults.mute !== true) this.#openUpstream()
      return this.#up.push(chunk)
    }
    this.#down.push(garbage.bytes)
    if (garbage.close) this.#down.push('end')
  }

  #openUpstream(): void {
    const upstream = connect({ ...this.#options.target, allowHalfOpen: true, noDelay: true })
    this.#upstream = upstream
    upstream.unref()
    upstream.on('data', (chunk: Buffer) => this.#down.push(chunk))
    upstream.on('end', () => {
      this.#down.push('end')
      // The server is gone for good; without this its side would stay half-closed as long as the client's FIN is held.
      upstream.end()
    })
    // Refused as well: a client can only be told by RST, because its own connection was accepted already.
    upstream.on('error', () => this.#down.push('reset'))
    upstream.on('close', () => this.#closedOneSide())
  }

  #closedOneSide(): void {
    if (this.#client.destroyed && (this.#upstream?.destroyed ?? true)) {
      this.#up.stop()
      this.#down.stop()
      this.#options.onClosed()
    }
  }

  get #bytesUntilReset(): number | undefined {
    const { reset } = this.faults
    if (typeof reset !== 'object' || !('afterBytes' in reset)) return undefined
    return Math.max(0, reset.afterBytes - (this.bytesDown - this.#limitBase))
  }
}
