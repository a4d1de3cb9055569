import { isIP } from 'node:net'
import type { Redis, SentinelAddress } from 'ioredis'
import { holdStream } from './client-stream.ts'

/** What ioredis makes its connections to Sentinels with; not in its public types, the same in 5.4 to 6.0. */
interface SentinelConnector {
  connectToSentinel(sentinel: Partial<SentinelAddress>, options?: object): Redis
  sentinelNatResolve(address: Address): Address | null
}

interface Address {
  readonly host: string
  readonly port: number
}

const CHANNEL = '+switch-master'

export const sentinelConnectorOf = (client: Redis): SentinelConnector =>
  (client as unknown as { readonly connector: SentinelConnector }).connector

/**
 * Hears from Sentinels that they have promoted another server, and gives up the connection to the old one, which may hang
 * or be cut off from the others. ioredis's own `failoverDetector` gives up the connection to the new one as well, as soon
 * as the next Sentinel says the same, and at the promotion of any other primary that these Sentinels watch.
 */
export class PromotionWatch {
  readonly #client: Redis
  #sentinels: readonly Redis[] = []

  constructor(client: Redis) {
    this.#client = client
  }

  start(): void {
    const { sentinels, sentinelMaxConnections = 3, sentinelReconnectStrategy } = this.#client.options
    const connector = sentinelConnectorOf(this.#client)
    this.#sentinels = sentinels!.slice(0, sentinelMaxConnections).map((address) => {
      const sentinel = connector.connectToSentinel(address, {
        lazyConnect: true,
        retryStrategy: sentinelReconnectStrategy,
      })
      // One that is away is missed only if all are.
      sentinel.on('error', () => {})
      sentinel.on('message', (_channel, message: string) => this.#onSwitch(message))
      sentinel.subscribe(CHANNEL).catch(() => {})
      return sentinel
    })
  }

  stop(): void {
    for (const sentinel of this.#sentinels) {
      sentinel.disconnect()
      sentinel.stream?.destroy()
    }
    this.#sentinels = []
  }

  hold(held: boolean): void {
    for (const sentinel of this.#sentinels) holdStream(sentinel, held)
  }

  // "<name> <old host> <old port> <new host> <new port>"
  #onSwitch(message: string): void {
    const client = this.#client
    const [name, , , host = '', port] = message.split(' ')
    if (name !== client.options.name) return
    if (client.options.role !== 'slave' && this.#isConnectedTo({ host, port: Number(port) })) return
    client.disconnect()
    client.stream?.destroy()
  }

  #isConnectedTo(primary: Address): boolean {
    const { stream } = this.#client
    if (stream === undefined || !('remotePort' in stream)) return false
    const address = sentinelConnectorOf(this.#client).sentinelNatResolve(primary) ?? primary
    // Of a name, only the port can be compared.
    return stream.remotePort === address.port && (isIP(address.host) === 0 || stream.remoteAddress === address.host)
  }
}
