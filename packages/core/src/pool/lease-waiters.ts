import type { Timer } from '../runtime/clock.ts'
import type { PoolLease } from './lease.ts'
import type { Wish } from './lease-request.ts'

/** One call of `acquire()` that waits. */
export interface LeaseWaiter<TClient> {
  readonly wish: Wish
  /** In which order the calls were made. */
  readonly turn: number
  readonly since: number
  /** The caller gave a time limit of his own. */
  readonly hasOwnTimeout: boolean
  /** The endpoint whose connection it waits for now; `undefined` while none is available. */
  wanted: string | undefined
  timer: Timer | undefined
  stopListening: () => void
  readonly resolve: (lease: PoolLease<TClient>) => void
  readonly reject: (error: unknown) => void
}

/**
 * Who waits for a connection, in the order of their calls. They wait for the group: a line for each endpoint says whom
 * they would get a connection from now, and changes with the state of the group.
 */
export class LeaseWaiters<TClient> {
  readonly #lines = new Map<string | undefined, Set<LeaseWaiter<TClient>>>()
  #count = 0

  get count(): number {
    return this.#count
  }

  /** How many wait for a connection to the endpoint; for `undefined`, for any endpoint at all. */
  countFor(endpointId: string | undefined): number {
    return this.#lines.get(endpointId)?.size ?? 0
  }

  /** Everybody, in the order of their calls. */
  list(): readonly LeaseWaiter<TClient>[] {
    return [...this.#lines.values()].flatMap((line) => [...line]).sort((a, b) => a.turn - b.turn)
  }

  first(endpointId: string): LeaseWaiter<TClient> | undefined {
    return this.#lines.get(endpointId)?.values().next().value
  }

  /** Who has waited longest of those that fit. */
  firstWhere(fits: (waiter: LeaseWaiter<TClient>) => boolean): LeaseWaiter<TClient> | undefined {
    let longest: LeaseWaiter<TClient> | undefined
    for (const line of this.#lines.values()) {
      for (const waiter of line) {
        if (longest !== undefined && longest.turn < waiter.turn) break
        if (!fits(waiter)) continue
        longest = waiter
        break
      }
    }
    return longest
  }

  add(waiter: LeaseWaiter<TClient>): void {
    let line = this.#lines.get(waiter.wanted)
    if (line === undefined) {
      line = new Set()
      this.#lines.set(waiter.wanted, line)
    }
    line.add(waiter)
    this.#count++
  }

  /** Takes it out, and its timer and listener with it; false where it is not waiting any more. */
  remove(waiter: LeaseWaiter<TClient>): boolean {
    const line = this.#lines.get(waiter.wanted)
    if (line === undefined || !line.delete(waiter)) return false
    if (line.size === 0) this.#lines.delete(waiter.wanted)
    this.#count--
    waiter.timer?.cancel()
    waiter.stopListening()
    return true
  }

  /** Asks again for each whom it should get a connection from. The order stays that of the calls. */
  regroup(wantedBy: (waiter: LeaseWaiter<TClient>) => string | undefined): void {
    if (this.#count === 0) return
    const everybody = this.list()
    this.#lines.clear()
    this.#count = 0
    for (const waiter of everybody) {
      waiter.wanted = wantedBy(waiter)
      this.add(waiter)
    }
  }
}
