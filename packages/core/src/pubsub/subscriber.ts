import type { SubscriptionKind, SubscriptionName } from '../adapter/subscriber-link.ts'
import type { ManagedConnection } from '../connections/managed-connection.ts'
import { CommandTimeoutError } from '../errors/call-errors.ts'
import { UnsupportedOperationError } from '../errors.ts'
import { fullJitterDelay } from '../retry/backoff.ts'
import type { CommandRoute } from '../routing/command-route.ts'
import { WaitingCommands } from '../routing/waiting-commands.ts'
import type { Timer } from '../runtime/clock.ts'
import { gapReports } from './gap-reports.ts'
import { SubscribeCall } from './subscribe-call.ts'
import type { SubscriberPorts } from './subscriber-ports.ts'
import type { Subscription } from './subscription.ts'
import { SubscriptionSet } from './subscription-set.ts'
import { SubscriptionSource } from './subscription-source.ts'

/** With `selectionTimeout: 0`: how long a first connection may take to an endpoint that serves. */
const FIRST_CONNECTION_MS = 1250
/** The wait before subscribing on a new connection, after others were lost before they had proven themselves. */
const FLAPPING = { baseMs: 50, capMs: 5000 }

/**
 * The subscriptions of one transparent client. They are kept here, and carried by one connection at a time, to the active
 * endpoint: when that is left or the connection is lost, the old one is cut off at once and the whole set is subscribed on
 * the next. Without subscriptions there is no connection and no timer.
 */
export class Subscriber<TClient = unknown> {
  readonly #ports: SubscriberPorts<TClient>
  readonly #set = new SubscriptionSet()
  readonly #calls = new Set<SubscribeCall>()
  readonly #waiting: WaitingCommands
  /** How each call that waits for a connection leaves the queue. */
  readonly #leaves = new Map<SubscribeCall, () => void>()
  #route: CommandRoute<TClient> | undefined
  #stopFollowing: () => void = () => {}
  #source: SubscriptionSource<TClient> | undefined
  #beginning: Timer | undefined
  /** Connections in a row that were lost before they answered a PING. */
  #unproven = 0
  #refusalReported = false
  /** Some gap was not reported yet. */
  #missing = false
  #closed = false

  constructor(ports: SubscriberPorts<TClient>) {
    this.#ports = ports
    this.#waiting = new WaitingCommands({
      timers: ports.timers,
      room: ports.room,
      timeoutMs: ports.selectionTimeout === 0 ? FIRST_CONNECTION_MS : ports.selectionTimeout,
      onTimeout: ports.noEndpoint,
      onFull: ports.waitingFull,
    })
  }

  /** Whether anything is subscribed to, or about to be. */
  get isActive(): boolean {
    return this.#set.size > 0
  }

  /** How many names of that kind are subscribed to, or about to be. */
  count(kind: SubscriptionKind): number {
    return this.#set.count(kind)
  }

  /**
   * Resolves when the active endpoint has confirmed every name; a connection that is lost meanwhile only delays it.
   *
   * @throws the server's own error where it refuses a name, NoEndpointAvailableError, WaitingQueueFullError,
   * CommandTimeoutError, GroupClosedError; the names that nobody else subscribed to are not wanted any more then
   */
  async subscribe(kind: SubscriptionKind, names: readonly SubscriptionName[]): Promise<void> {
    if (this.#closed) throw this.#ports.closedError()
    if (names.length === 0) return
    const route = this.#open()
    const wanted = [...new Set(names.map((name) => this.#set.want(kind, name)))]
    const id = this.#source?.connection.id
    const call = new SubscribeCall(
      wanted,
      wanted.filter(({ confirmedOn }) => confirmedOn === undefined || confirmedOn !== id),
    )
    if (call.isSettled) return
    this.#calls.add(call)
    const deadline = this.#deadlineOf(call)
    if (this.#source?.isOpen === true) this.#source.send(wanted.filter(({ sentOn }) => sentOn !== id))
    else this.#wait(call, route)
    try {
      await call.promise
    } finally {
      deadline?.cancel()
      this.#calls.delete(call)
      this.#leaves.get(call)?.()
      this.#leaves.delete(call)
    }
  }

  /** Resolves when nothing more can come from `names`, or from any of the kind without them. */
  async unsubscribe(kind: SubscriptionKind, names?: readonly SubscriptionName[]): Promise<void> {
    if (this.#closed) throw this.#ports.closedError()
    const unwanted = names === undefined ? this.#set.of(kind) : names.map((name) => this.#set.get(kind, name))
    await this.#drop(
      kind,
      [...new Set(unwanted)].filter((one) => one !== undefined),
    )
  }

  /** Gives the connection up and uses a new one. */
  renew(): void {
    if (this.#route === undefined) return
    this.#release()
    if (this.isActive) this.#open()
  }

  /** Ends all subscriptions. Idempotent. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#end(this.#ports.closedError())
  }

  #open(): CommandRoute<TClient> {
    if (this.#route !== undefined) return this.#route
    const route = this.#ports.openRoute()
    this.#route = route
    this.#stopFollowing = route.onChange(() => this.#follow(route))
    this.#follow(route)
    return route
  }

  #release(): void {
    const route = this.#route
    this.#leave()
    this.#route = undefined
    this.#stopFollowing()
    if (route !== undefined) this.#ports.closeRoute(route)
  }

  #follow(route: CommandRoute<TClient>): void {
    if (route.isClosed) {
      this.#closed = true
      this.#end(this.#ports.closedError())
      return
    }
    if (route.current === this.#source?.connection) return
    this.#leave()
    if (route.current !== undefined) this.#use(route.current, route)
    for (const call of this.#calls) this.#wait(call, route)
  }

  #use(connection: ManagedConnection<TClient>, route: CommandRoute<TClient>): void {
    const source = new SubscriptionSource(connection, this.#ports, {
      unsent: () => this.#set.all().filter(({ sentOn }) => sentOn !== connection.id),
      isWanted: (subscription) => this.#set.has(subscription),
      find: (kind, name) => this.#set.get(kind, name),
      onConfirmed: (subscription) => {
        for (const call of [...subscription.calls]) call.done(subscription)
      },
      onRefused: (subscription, error) => this.#refused(subscription, error),
      onEnded: (subscription) => this.#lose(subscription, source),
      onSettled: () => this.#report(source, route),
      onProven: () => {
        this.#unproven = 0
      },
    })
    this.#source = source
    const begin = (): void => {
      this.#waiting.release(() => true)
      if (!source.begin()) this.#end(cannotSubscribe())
    }
    const wait = this.#unproven > 1 ? fullJitterDelay(this.#unproven - 2, this.#ports.random, FLAPPING) : 0
    this.#unproven++
    if (wait > 0) this.#beginning = this.#ports.timers.set(wait, begin)
    else begin()
  }

  #leave(): void {
    const source = this.#source
    if (source === undefined) return
    this.#source = undefined
    this.#beginning?.cancel()
    source.stop()
    this.#refusalReported = false
    for (const subscription of this.#set.all()) this.#lose(subscription, source)
  }

  #lose(subscription: Subscription, source: SubscriptionSource<TClient>): void {
    const { connection, goodAt } = source
    subscription.sentOn = undefined
    if (subscription.confirmedOn !== connection.id) return
    subscription.confirmedOn = undefined
    // A gap that was not reported yet goes on.
    this.#missing = true
    subscription.missing ??= { from: connection.endpointId, since: Math.max(subscription.confirmedAt, goodAt) }
  }

  #deadlineOf(call: SubscribeCall): Timer | undefined {
    const { commandTimeout = 0, timers } = this.#ports
    if (commandTimeout === 0) return undefined
    return timers.set(commandTimeout, () => {
      // What it may have subscribed to is taken back.
      const ended = { command: 'SUBSCRIBE', endpointId: this.#source?.connection.endpointId, maybeExecuted: false }
      this.#fail(call, new CommandTimeoutError(ended, commandTimeout))
    })
  }

  // A call waits for a connection; from then on for the server.
  #wait(call: SubscribeCall, route: CommandRoute<TClient>): void {
    if (this.#source?.isOpen === true || call.isSettled || this.#leaves.has(call)) return
    const leave = this.#waiting.add(
      () => this.#leaves.delete(call),
      (error) => this.#fail(call, error),
    )
    if (!call.isSettled) this.#leaves.set(call, leave)
    if (this.#ports.selectionTimeout > 0) return
    void route.ready().then(() => {
      if (route.current === undefined) this.#fail(call, this.#ports.noEndpoint(0))
    })
  }

  #fail(call: SubscribeCall, error: unknown): void {
    this.#calls.delete(call)
    const unwanted = call.fail(error)
    for (const kind of ['channel', 'pattern', 'shardChannel'] as const) {
      const ofKind = unwanted.filter((one) => one.kind === kind && this.#set.has(one))
      // The caller has his error; that of undoing it would tell him nothing.
      if (ofKind.length > 0) this.#drop(kind, ofKind).catch(() => {})
    }
    this.#closeIfUnused()
  }

  #refused(subscription: Subscription, error: unknown): boolean {
    const { attempt, retry } = this.#ports.classify(error)
    // The server is not ready: that passes, or the endpoint is left.
    const mayPass = attempt === 'rejected' && retry === 'active'
    const { established, calls } = subscription
    if (!mayPass) for (const call of [...calls]) this.#fail(call, error)
    if (established && !this.#refusalReported) {
      this.#refusalReported = true
      this.#ports.onRefused(this.#source?.connection.endpointId ?? '', error)
    }
    return this.#set.has(subscription)
  }

  async #drop(kind: SubscriptionKind, subscriptions: readonly Subscription[]): Promise<void> {
    const source = this.#source
    for (const subscription of subscriptions) {
      this.#set.remove(subscription)
      for (const call of [...subscription.calls]) call.done(subscription)
    }
    const sent = subscriptions.filter(({ sentOn }) => sentOn !== undefined && sentOn === source?.connection.id)
    try {
      if (sent.length > 0) await source?.unsubscribe(kind, sent)
    } finally {
      this.#closeIfUnused()
    }
  }

  #closeIfUnused(): void {
    if (!this.isActive && this.#route !== undefined) this.#release()
  }

  #report(source: SubscriptionSource<TClient>, route: CommandRoute<TClient>): void {
    if (!this.#missing) return
    const confirmed = this.#set.all().filter(({ confirmedOn }) => confirmedOn === source.connection.id)
    this.#missing = confirmed.length < this.#set.size
    if (!this.#missing) this.#refusalReported = false
    const reports = gapReports(confirmed, source.connection.endpointId, this.#ports.timers.clock.now())
    for (const subscription of confirmed) subscription.missing = undefined
    for (const report of reports) this.#ports.onMoved(report, route.epoch)
  }

  #end(error: Error): void {
    for (const call of [...this.#calls]) call.fail(error)
    this.#calls.clear()
    this.#waiting.failAll(error)
    for (const subscription of this.#set.all()) this.#set.remove(subscription)
    this.#release()
  }
}

const cannotSubscribe = (): UnsupportedOperationError =>
  new UnsupportedOperationError(
    'Subscribing',
    'its adapter has no subscriber(); subscribe with a client of your own for the endpoint.',
  )
