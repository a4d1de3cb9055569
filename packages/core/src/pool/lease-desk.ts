import { CommandAbortedError } from '../errors/call-errors.ts'
import { PoolExhaustedError } from '../errors/lease-errors.ts'
import type { FailoverError } from '../errors.ts'
import type { PoolSettings } from '../options/pool-options.ts'
import { Pauses } from '../retry/pauses.ts'
import type { TimerScope } from '../runtime/timer-scope.ts'
import type { EndpointPool, PoolCustomers } from './endpoint-pool.ts'
import type { Interruption } from './interruption.ts'
import { PoolLease } from './lease.ts'
import { type AcquireOptions, checkAcquire, NO_WISH, type WaitLimits, type Wish, wishOf } from './lease-request.ts'
import type { LeaseChoice, LeaseSelection } from './lease-selection.ts'
import { type LeaseWaiter, LeaseWaiters } from './lease-waiters.ts'
import type { PooledConnection } from './pooled-connection.ts'

/** A choice is made anew at least this often while it is in use, for strategies that go by latency. */
const CHOOSE_EVERY_MS = 1000
/** Choices that are remembered, one for each wish. */
const REMEMBERED_CHOICES = 100

export interface LeaseDeskOptions<TClient> {
  readonly settings: PoolSettings
  readonly selectionTimeout: number
  readonly selection: Pick<LeaseSelection<unknown>, 'choose' | 'isSticky'>
  readonly timers: TimerScope
  readonly pools: () => Iterable<EndpointPool<TClient>>
  readonly poolOf: (endpointId: string) => EndpointPool<TClient> | undefined
  readonly activeId: () => string | undefined
  /** A connection is lent. */
  readonly onLent: () => void
  /** Somebody waits, and nobody did before. */
  readonly onFirstWaiting: () => void
  readonly noEndpoint: (waitedMs: number, cause: unknown) => FailoverError
  readonly closedError: () => FailoverError
}

/** Lends the connections of all pools, first come, first served. */
export class LeaseDesk<TClient> implements PoolCustomers {
  readonly #options: LeaseDeskOptions<TClient>
  readonly #waiters = new LeaseWaiters<TClient>()
  readonly #choices = new Map<string, { readonly choice: LeaseChoice; readonly madeAt: number }>()
  readonly #pauses: Pauses
  #turn = 0
  #activeId: string | undefined
  #closed = false

  constructor(options: LeaseDeskOptions<TClient>) {
    this.#options = options
    this.#pauses = new Pauses(options.timers)
  }

  /** How many calls wait, for whatever endpoint. */
  get waiting(): number {
    return this.#waiters.count
  }

  readonly waitingFor = (endpointId: string): number => this.#waiters.countFor(endpointId)

  /** @throws PoolExhaustedError, NoEndpointAvailableError, GroupClosedError, ConfigurationError, CommandAbortedError */
  acquire(options?: AcquireOptions): Promise<PoolLease<TClient>> {
    try {
      let wish = NO_WISH
      if (options !== undefined) {
        checkAcquire('acquire', options)
        wish = wishOf('acquire', options)
      }
      return this.lend(wish, options ?? {})
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** `acquire()` with options that were checked before. */
  lend(wish: Wish, limits: WaitLimits): Promise<PoolLease<TClient>> {
    if (this.#closed) return Promise.reject(this.#options.closedError())
    if (limits.signal?.aborted === true) return Promise.reject(aborted(limits))
    const now = this.#options.timers.clock.now()
    const id = this.#choice(wish, now).pick()
    // Who came before goes before, where there is a line.
    const entry = id === undefined || this.#waiters.countFor(id) > 0 ? undefined : this.#take(id, now)
    return entry === undefined ? this.#wait(wish, id, now, limits) : Promise.resolve(this.#leaseOf(entry))
  }

  /** Whether a lease with this wish would come from the endpoint now. */
  isChosen(wish: Wish, endpointId: string): boolean {
    return this.#choice(wish, this.#options.timers.clock.now()).ids.includes(endpointId)
  }

  /** Gives connections of this endpoint to whoever waits for one, longest first. */
  readonly serve = (endpointId: string): void => {
    for (;;) {
      const next = this.#nextFor(endpointId)
      if (next === undefined) return
      const entry = this.#take(endpointId, this.#options.timers.clock.now())
      if (entry === undefined) return
      this.#waiters.remove(next)
      next.resolve(this.#leaseOf(entry))
    }
  }

  /** Looks at the state of the group again: who is active, and whom each waiter gets a connection from. */
  update(): void {
    if (this.#closed) return
    const { pools, poolOf, selection, selectionTimeout, timers, activeId } = this.#options
    this.#choices.clear()
    const left = this.#activeId
    this.#activeId = activeId()
    if (selection.isSticky && left !== undefined && left !== this.#activeId)
      poolOf(left)?.leave(() => activeId() === left)
    const now = timers.clock.now()
    this.#waiters.regroup(({ wish, wanted }) => {
      const choice = this.#choice(wish, now)
      return wanted !== undefined && choice.ids.includes(wanted) ? wanted : choice.pick()
    })
    if (selectionTimeout === 0 && this.#waiters.countFor(undefined) > 0)
      for (const waiter of this.#waiters.list())
        if (waiter.wanted === undefined && !waiter.hasOwnTimeout) this.#giveUp(waiter)
    for (const pool of pools()) {
      this.serve(pool.endpointId)
      pool.replenish()
    }
  }

  /** Waits; ends early when the desk is closed or the call is interrupted, which the next `lend()` then says. */
  pause(delayMs: number, interruption: Interruption | undefined): Promise<void> {
    return this.#pauses.pause(delayMs, (end) => interruption?.onInterrupt(end))
  }

  /** Lends nothing any more, and rejects whoever waits. */
  close(): void {
    this.#closed = true
    this.#pauses.endAll()
    for (const waiter of this.#waiters.list()) {
      this.#waiters.remove(waiter)
      waiter.reject(this.#options.closedError())
    }
  }

  #choice(wish: Wish, now: number): LeaseChoice {
    const known = this.#choices.get(wish.key)
    if (known !== undefined && now - known.madeAt < CHOOSE_EVERY_MS) return known.choice
    const choice = this.#options.selection.choose(wish, now)
    if (this.#choices.size >= REMEMBERED_CHOICES) this.#choices.clear()
    this.#choices.set(wish.key, { choice, madeAt: now })
    return choice
  }

  #take(endpointId: string, now: number): PooledConnection<TClient> | undefined {
    const { poolOf, selection, activeId } = this.#options
    return poolOf(endpointId)?.take(now, selection.isSticky && activeId() === endpointId)
  }

  #leaseOf(entry: PooledConnection<TClient>): PoolLease<TClient> {
    this.#options.onLent()
    // The pool that it belongs to: an endpoint may be removed, and added again, while the lease lasts.
    return new PoolLease(entry, entry.owner)
  }

  // Spreading strategies: who waits for an endpoint whose pool is exhausted takes another's connection too.
  #nextFor(endpointId: string): LeaseWaiter<TClient> | undefined {
    const own = this.#waiters.first(endpointId)
    if (own !== undefined || this.#waiters.count === 0 || this.#options.selection.isSticky) return own
    const now = this.#options.timers.clock.now()
    return this.#waiters.firstWhere(
      ({ wish, wanted }) =>
        wanted !== undefined &&
        this.#options.poolOf(wanted)?.isExhausted === true &&
        this.#choice(wish, now).ids.includes(endpointId),
    )
  }

  #wait(wish: Wish, wanted: string | undefined, since: number, limits: WaitLimits): Promise<PoolLease<TClient>> {
    const { settings, selectionTimeout, timers, onFirstWaiting, poolOf } = this.#options
    const { timeout, signal } = limits
    return new Promise((resolve, reject) => {
      const waiter: LeaseWaiter<TClient> = {
        wish,
        wanted,
        since,
        turn: this.#turn++,
        hasOwnTimeout: timeout !== undefined,
        timer: undefined,
        stopListening: () => {},
        resolve,
        reject,
      }
      const timeoutMs = timeout ?? (wanted === undefined ? selectionTimeout : settings.acquireTimeout)
      if (timeoutMs === 0) return reject(this.#errorFor(waiter))
      if (this.#waiters.count >= settings.maxWaiting)
        return reject(new PoolExhaustedError({ endpointId: wanted, ...settings, waiting: this.#waiters.count }))
      waiter.timer = timers.set(timeoutMs, () => this.#giveUp(waiter))
      if (signal !== undefined) {
        const onAbort = (): void => {
          if (this.#waiters.remove(waiter)) reject(aborted(limits))
        }
        signal.addEventListener('abort', onAbort, { once: true })
        waiter.stopListening = () => signal.removeEventListener('abort', onAbort)
      }
      this.#waiters.add(waiter)
      if (this.#waiters.count === 1) onFirstWaiting()
      if (wanted !== undefined) {
        // Under a spreading strategy another endpoint's connection may be free.
        if (poolOf(wanted)?.isExhausted === true) for (const id of this.#choice(wish, since).ids) this.serve(id)
        poolOf(wanted)?.replenish()
      }
    })
  }

  #giveUp(waiter: LeaseWaiter<TClient>): void {
    if (!this.#waiters.remove(waiter)) return
    waiter.reject(this.#errorFor(waiter))
  }

  #errorFor({ wanted, since }: LeaseWaiter<TClient>): FailoverError {
    const { poolOf, timers, settings, noEndpoint } = this.#options
    const now = timers.clock.now()
    const waitedMs = now - since
    const pool = wanted === undefined ? undefined : poolOf(wanted)
    if (pool?.isExhausted !== true) return noEndpoint(waitedMs, pool?.lastError)
    const allLent = { waitedMs, longestMs: pool.longestLentMs(now) }
    return new PoolExhaustedError({ endpointId: wanted, ...settings, waiting: this.#waiters.count, allLent })
  }
}

const aborted = ({ call = 'group.acquire()', signal }: WaitLimits): CommandAbortedError =>
  new CommandAbortedError({ command: call, endpointId: undefined, maybeExecuted: false }, { cause: signal?.reason })
