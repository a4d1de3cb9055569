import { LeaseReleasedError } from '../errors/lease-errors.ts'
import type { PooledConnection } from './pooled-connection.ts'

/**
 * A native client, connected, of a healthy endpoint, lent to one holder until it is released. Give it back as it was:
 * not subscribed, nothing watched, on the database it came with, nothing in flight; or `destroy()` it.
 *
 * Works with `await using`, with `using`, and with `try`/`finally`.
 */
export interface Lease<TClient> extends Disposable, AsyncDisposable {
  /** The native client. @throws LeaseReleasedError when the lease was ended */
  readonly client: TClient
  readonly endpointId: string
  /**
   * Gives the connection back. One that was lost meanwhile is not used again.
   *
   * @throws LeaseReleasedError when the lease was ended before
   */
  release(): void
  /**
   * Ends the connection instead of giving it back, for one whose state nobody else should inherit.
   *
   * @throws LeaseReleasedError when the lease was ended before
   */
  destroy(): void
}

/** Who gets the connection back. */
export interface LeaseOwner<TClient> {
  readonly giveBack: (entry: PooledConnection<TClient>) => void
  readonly discard: (entry: PooledConnection<TClient>, why: string) => void
}

/** A lease of a pooled connection. */
export class PoolLease<TClient> implements Lease<TClient> {
  // Private, because clients may print their options, password included.
  readonly #entry: PooledConnection<TClient>
  readonly #owner: LeaseOwner<TClient>
  #ended: 'released' | 'destroyed' | undefined

  constructor(entry: PooledConnection<TClient>, owner: LeaseOwner<TClient>) {
    this.#entry = entry
    this.#owner = owner
  }

  get entry(): PooledConnection<TClient> {
    return this.#entry
  }

  get client(): TClient {
    if (this.#ended !== undefined) throw new LeaseReleasedError(this.endpointId, 'client', this.#ended)
    return this.#entry.connection.client
  }

  get endpointId(): string {
    return this.#entry.connection.endpointId
  }

  release(): void {
    if (this.#ended !== undefined) throw new LeaseReleasedError(this.endpointId, 'release', this.#ended)
    this.#ended = 'released'
    this.#owner.giveBack(this.#entry)
  }

  destroy(): void {
    if (this.#ended !== undefined) throw new LeaseReleasedError(this.endpointId, 'destroy', this.#ended)
    this.#ended = 'destroyed'
    this.#owner.discard(this.#entry, 'its holder ended it')
  }

  [Symbol.dispose](): void {
    if (this.#ended === undefined) this.release()
  }

  [Symbol.asyncDispose](): Promise<void> {
    this[Symbol.dispose]()
    return Promise.resolve()
  }
}
