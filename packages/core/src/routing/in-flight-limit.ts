import type { ManagedConnection } from '../connections/managed-connection.ts'
import type { Clock } from '../runtime/clock.ts'

/**
 * `maxInFlight` of one client: counts what is in flight on its connections, those that are being left included. What the
 * server holds back on purpose does not count.
 */
export class InFlightLimit<TClient> {
  readonly #max: number
  readonly #clock: Clock
  readonly #onFreed: () => void
  readonly #connections = new Set<ManagedConnection<TClient>>()
  #outageSince: number | undefined

  /** `onFreed` is called whenever a command has ended. */
  constructor(max: number, clock: Clock, onFreed: () => void) {
    this.#max = max
    this.#clock = clock
    this.#onFreed = onFreed
    this.#outageSince = clock.now()
  }

  /** The client begins to use a connection, before any command on it. */
  add(connection: ManagedConnection<TClient>): void {
    this.#connections.add(connection)
    connection.whenSettled(this.#onFreed)
  }

  get isReached(): boolean {
    let inFlight = 0
    for (const connection of this.#connections) {
      // What was in flight on a lost connection is in flight no more, whether its client has said so yet or not.
      if (connection.alive) inFlight += connection.inFlight - connection.blocking
      else this.#connections.delete(connection)
    }
    return inFlight >= this.#max
  }

  /** Whether there is an endpoint that commands can be sent to, apart from the limit. */
  noteEndpoint(isThere: boolean): void {
    if (isThere) this.#outageSince = undefined
    else this.#outageSince ??= this.#clock.now()
  }

  /** Since when there is no endpoint; `undefined` while there is one, and commands wait for a place. */
  get outageSince(): number | undefined {
    return this.#outageSince
  }
}
