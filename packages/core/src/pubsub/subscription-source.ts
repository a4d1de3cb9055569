import type { MessageHandler, SubscriberLink, SubscriptionKind } from '../adapter/subscriber-link.ts'
import type { ManagedConnection } from '../connections/managed-connection.ts'
import { growingDelay } from '../retry/backoff.ts'
import type { Timer } from '../runtime/clock.ts'
import { ServerAwayError } from './server-away-error.ts'
import { SourceGuard } from './source-guard.ts'
import type { SubscriberPorts } from './subscriber-ports.ts'
import type { Subscription } from './subscription.ts'

/** Names in one SUBSCRIBE: so that a long list shows progress, and one that is refused costs few repeats. */
const NAMES_PER_COMMAND = 500

const RETRY = { firstMs: 100, capMs: 5000 }

/** What a source needs of the subscriptions that it carries. */
export interface SourceOwner {
  /** Everything that is wanted and not written to this source yet. */
  readonly unsent: () => readonly Subscription[]
  readonly isWanted: (subscription: Subscription) => boolean
  readonly onConfirmed: (subscription: Subscription) => void
  /** Returns whether it is to be tried again later. */
  readonly onRefused: (subscription: Subscription, error: unknown) => boolean
  /** The server ended it by itself. */
  readonly onEnded: (subscription: Subscription) => void
  readonly find: (kind: SubscriptionKind, name: string | Buffer) => Subscription | undefined
  /** What was subscribed to before has been confirmed or refused. */
  readonly onSettled: () => void
  /** The connection has shown that it works. */
  readonly onProven: () => void
}

/** The one connection that messages come from now. Once it is stopped, nothing of it counts any more. */
export class SubscriptionSource<TClient> {
  readonly connection: ManagedConnection<TClient>
  readonly #ports: SubscriberPorts<TClient>
  readonly #owner: SourceOwner
  readonly #guard: SourceGuard
  readonly #onMessage: MessageHandler
  #link: SubscriberLink | undefined
  #stopped = false
  /** When the latest PING was sent that has been answered: everything published before then has arrived. */
  #goodAt = -Infinity
  #messages = 0
  /** Commands that subscribe to what was there before, and are not settled. Callers' own come at any time. */
  #inRound = 0
  #retries = 0
  #retry: Timer | undefined

  constructor(connection: ManagedConnection<TClient>, ports: SubscriberPorts<TClient>, owner: SourceOwner) {
    this.connection = connection
    this.#ports = ports
    this.#owner = owner
    const { onMessage, onError } = ports
    this.#onMessage = (kind, message, channel, pattern) => {
      if (this.#stopped) return
      this.#messages++
      try {
        onMessage(kind, message, channel, pattern)
      } catch (error) {
        onError(connection.endpointId, error)
      }
    }
    this.#guard = this.#makeGuard()
  }

  /** Up to when messages are known to have arrived, in monotonic milliseconds. */
  get goodAt(): number {
    return this.#goodAt
  }

  /** Subscribes to everything that is wanted. False where the adapter cannot. */
  begin(): boolean {
    this.#link = this.connection.subscriber({
      onMessage: this.#onMessage,
      onEnded: (kind, name) => this.#ended(kind, name),
    })
    if (this.#link === undefined) return false
    this.#send(this.#owner.unsent(), true)
    this.#guard.start()
    return true
  }

  /** Cuts the source off at once. Idempotent. */
  stop(): void {
    this.#stopped = true
    this.#guard.stop()
    this.#retry?.cancel()
  }

  /** Whether `begin()` was called. */
  get isOpen(): boolean {
    return this.#link !== undefined && !this.#stopped
  }

  /** Subscribes for a caller. */
  send(subscriptions: readonly Subscription[]): void {
    this.#send(subscriptions, false)
  }

  #send(subscriptions: readonly Subscription[], inRound: boolean): void {
    const of = (kind: SubscriptionKind): readonly Subscription[] => subscriptions.filter((one) => one.kind === kind)
    for (const kind of ['channel', 'pattern'] as const)
      for (const part of partsOf(of(kind), NAMES_PER_COMMAND)) this.#subscribe(kind, part, inRound)
    // In a cluster each may belong to another slot.
    for (const one of of('shardChannel')) this.#subscribe('shardChannel', [one], inRound)
  }

  /** Resolves when the server has confirmed it, or cannot send anything any more because the connection is gone. */
  async unsubscribe(kind: SubscriptionKind, subscriptions: readonly Subscription[]): Promise<void> {
    const parts = partsOf(subscriptions, NAMES_PER_COMMAND)
    const confirmed = parts.map((part) => this.#link?.unsubscribe(kind, part.map(nameOf)))
    try {
      await Promise.all(confirmed)
    } catch (error) {
      if (!this.#stopped && !this.#isLost(error)) throw error
    }
  }

  #subscribe(kind: SubscriptionKind, subscriptions: readonly Subscription[], inRound: boolean): void {
    const link = this.#link
    if (link === undefined) return
    for (const subscription of subscriptions) subscription.sentOn = this.connection.id
    if (inRound) this.#inRound++
    const settled = (judge: () => void): void => {
      if (inRound) this.#inRound--
      // An older source's outcome says nothing about what is subscribed now.
      if (this.#stopped) return
      judge()
      if (this.#inRound === 0 && !this.#stopped) this.#owner.onSettled()
    }
    link.subscribe(kind, subscriptions.map(nameOf)).then(
      () => settled(() => this.#confirmed(subscriptions)),
      (error: unknown) => settled(() => this.#failed(kind, subscriptions, error, inRound)),
    )
  }

  #confirmed(subscriptions: readonly Subscription[]): void {
    const now = this.#ports.timers.clock.now()
    for (const subscription of subscriptions) {
      // Unsubscribed meanwhile: UNSUBSCRIBE was written behind it.
      if (!this.#owner.isWanted(subscription)) continue
      subscription.confirmedOn = this.connection.id
      subscription.confirmedAt = now
      this.#owner.onConfirmed(subscription)
    }
  }

  #failed(kind: SubscriptionKind, subscriptions: readonly Subscription[], error: unknown, inRound: boolean): void {
    if (this.#isLost(error)) return
    if (error instanceof ServerAwayError) {
      for (const subscription of subscriptions) subscription.sentOn = undefined
      this.#retryLater()
      return
    }
    if (subscriptions.length > 1) {
      // One name is enough for a server to refuse all of them: find out which.
      for (const one of subscriptions) if (this.#owner.isWanted(one)) this.#subscribe(kind, [one], inRound)
      return
    }
    const [subscription] = subscriptions
    if (subscription === undefined) return
    subscription.sentOn = undefined
    if (this.#owner.isWanted(subscription) && this.#owner.onRefused(subscription, error)) this.#retryLater()
  }

  #isLost(error: unknown): boolean {
    if (this.connection.isUsable()) return false
    // Its own event may come later.
    this.connection.reportLost(error)
    return true
  }

  #ended(kind: SubscriptionKind, name: string | Buffer): void {
    const subscription = this.#stopped ? undefined : this.#owner.find(kind, name)
    if (subscription?.confirmedOn !== this.connection.id) return
    this.#owner.onEnded(subscription)
    this.#retryLater()
  }

  #retryLater(): void {
    if (this.#retry !== undefined) return
    const { timers, random } = this.#ports
    this.#retry = timers.set(growingDelay(this.#retries++, random, RETRY), () => {
      this.#retry = undefined
      const unsent = this.#owner.unsent()
      if (unsent.length === 0) this.#retries = 0
      else this.#send(unsent, true)
    })
  }

  #makeGuard(): SourceGuard {
    const { connection } = this
    const { timers, stalls, random, healthOf, classify, answers, replace } = this.#ports
    const { interval, timeout } = healthOf(connection.endpointId)
    // What arrives from one of several servers says nothing about the others.
    const progress = (): number =>
      this.#link?.dropSilent === undefined ? (connection.bytesRead() ?? this.#messages) : 0
    return new SourceGuard({
      timers,
      stalls,
      random,
      interval,
      timeout,
      ping: async () => {
        try {
          await this.#link?.ping()
        } catch (error) {
          const { attempt } = classify(error)
          if (attempt !== 'answered' && attempt !== 'rejected') throw error
        }
      },
      progress,
      onAnswer: (sentAt) => {
        this.#goodAt = sentAt
        if (this.#retry === undefined) this.#retries = 0
        this.#owner.onProven()
      },
      onSilence: async (silentMs) => {
        if (this.#link?.dropSilent !== undefined) {
          this.#link.dropSilent()
          return
        }
        // While the endpoint itself is silent, another connection to it would be as well: that is for its probes to judge.
        const before = progress()
        const isAlive = await answers(connection.endpointId)
        const stillSilent = progress() === before
        if (isAlive && stillSilent && !this.#stopped) replace(connection, silentMs)
      },
    })
  }
}

const nameOf = ({ name }: Subscription): string | Buffer => name

const partsOf = <T>(list: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, index) => list.slice(index * size, (index + 1) * size))
