import type { Redis } from 'ioredis'
import type { Connection } from './internals.ts'

/** What holds the watched keys: a connection of the group, and the client of one server, which in a Cluster is a part of it. */
export interface Watched {
  readonly connection: Connection
  readonly server: Redis
  /** The slots of the watched keys, in a Cluster. */
  readonly slots: ReadonlySet<number>
}

/** Which connection holds the keys that the client watches. Another one would let EXEC pass although they changed. */
export class WatchState {
  #watched:
    | (Watched & { readonly slots: Set<number>; readonly epoch: number; stream: Redis['stream']; broken: boolean })
    | undefined

  get isActive(): boolean {
    return this.#watched !== undefined
  }

  /** A WATCH is sent on `connection`, to `server`. */
  begin(connection: Connection, epoch: number, server: Redis, slot?: number): void {
    const { stream } = server
    this.#watched ??= { connection, server, slots: new Set(), epoch, stream, broken: false }
    const watched = this.#watched
    if (slot !== undefined) watched.slots.add(slot)
    const isSame = watched.connection === connection && watched.epoch === epoch
    if (!isSame || watched.server !== server || watched.stream !== stream) this.break()
  }

  /** The server's socket is there now, and nothing was sent before. */
  connected(server: Redis): void {
    if (this.#watched?.server === server) this.#watched.stream = server.stream
  }

  /** The keys are not watched as the caller believes: EXEC must fail. */
  break(): void {
    if (this.#watched !== undefined) this.#watched.broken = true
  }

  /** Ends watching; returns what has watched all the time, `undefined` if EXEC must fail. */
  end(epoch: number): Watched | undefined {
    const watched = this.#watched
    this.#watched = undefined
    if (watched === undefined || watched.broken || watched.epoch !== epoch) return undefined
    const { connection, server, stream } = watched
    // A Cluster client opens the connection to one server anew, and stays the same connection of the group.
    return connection.isUsable() && server.status === 'ready' && server.stream === stream ? watched : undefined
  }
}
