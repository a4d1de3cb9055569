import type { Connection } from './internals.ts'

/** Which connection holds the keys that the client watches. Another one would let EXEC pass although they changed. */
export class WatchState {
  #watched: { readonly connection: Connection; readonly epoch: number; broken: boolean } | undefined

  get isActive(): boolean {
    return this.#watched !== undefined
  }

  /** A WATCH is sent on `connection`. */
  begin(connection: Connection, epoch: number): void {
    if (this.#watched === undefined) this.#watched = { connection, epoch, broken: false }
    else if (this.#watched.connection !== connection || this.#watched.epoch !== epoch) this.#watched.broken = true
  }

  /** Ends watching; returns the connection if it has watched all the time, `undefined` if EXEC must fail. */
  end(epoch: number): Connection | undefined {
    const watched = this.#watched
    this.#watched = undefined
    if (watched === undefined || watched.broken || watched.epoch !== epoch) return undefined
    return watched.connection.isUsable() ? watched.connection : undefined
  }
}
