import { setTimeout as sleep } from 'node:timers/promises'
import type { RawConnection, RedisServer } from '@redis-endpoint-failover/test-infra'

/** The channel and the shard channel that are published to. */
export const CHANNEL = 'news'
export const SHARD_CHANNEL = 'shard-news'

const EVERY_MS = 4

/** One message; the server published it at some moment from `sentAt` to `ackedAt`. Times of `performance.now()`. */
export interface Published {
  readonly id: string
  readonly endpointId: string
  readonly sentAt: number
  /** `undefined` if the reply was lost: it may or may not have been published. */
  ackedAt: number | undefined
}

/** Publishes messages with unique ids at one server, at a steady rate, whatever becomes of the server. */
export class Publisher {
  readonly published: Published[] = []
  readonly #server: RedisServer
  readonly #endpointId: string
  readonly #running: Promise<void>
  #stopped = false

  constructor(endpointId: string, server: RedisServer) {
    this.#endpointId = endpointId
    this.#server = server
    this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#running
  }

  async #run(): Promise<void> {
    let connection: RawConnection | undefined
    while (!this.#stopped) {
      try {
        connection ??= await this.#server.connect(undefined, 500)
        await this.#publish(connection)
      } catch {
        connection?.close()
        connection = undefined
      }
      await sleep(EVERY_MS)
    }
    connection?.close()
  }

  // Rejects when the connection is lost; a hung server holds up its own publisher only.
  async #publish(connection: RawConnection): Promise<void> {
    const message: Published = {
      id: `${this.#endpointId}:${this.published.length}`,
      endpointId: this.#endpointId,
      sentAt: performance.now(),
      ackedAt: undefined,
    }
    this.published.push(message)
    await Promise.all([
      connection.command('PUBLISH', CHANNEL, message.id),
      connection.command('SPUBLISH', SHARD_CHANNEL, message.id),
    ])
    message.ackedAt = performance.now()
  }
}
