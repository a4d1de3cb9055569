import type { AdapterConnection, CommandArgument, ConnectionPurpose } from '../adapter/client-adapter.ts'
import type { SubscriberHandlers, SubscriberLink } from '../adapter/subscriber-link.ts'
import type { TopologyQuestion, TopologyReport } from '../adapter/topology-report.ts'

export interface ConnectionFacts {
  readonly id: number
  readonly endpointId: string
  readonly generation: number
  readonly purpose: ConnectionPurpose
}

/** Who is told what happens to a connection. */
export interface ConnectionOwner<TClient> {
  /** It was destroyed by us. */
  readonly onDestroyed: (connection: ManagedConnection<TClient>, why: string) => void
  readonly onLost: (connection: ManagedConnection<TClient>, error: unknown) => void
  /** A command on it was not answered within its time. */
  readonly onTimeout: (connection: ManagedConnection<TClient>) => void
  /** It carries commands again after it had none in flight. */
  readonly onBusy: (connection: ManagedConnection<TClient>) => void
}

/**
 * One connection of the group: a native client and the integers that the fast path keeps. Adapters call
 * `begin()` when they hand a command to `client`, and attach `onReply` to its promise; nothing else is done per command.
 */
export class ManagedConnection<TClient = unknown> {
  readonly id: number
  readonly endpointId: string
  /** The health generation under which it was opened: what it shows counts in that one only. */
  readonly generation: number
  /** Changes when a standby or a probe's connection is put to use. */
  purpose: ConnectionPurpose
  readonly client: TClient
  /** Commands handed to the client so far. */
  issued = 0
  /** Commands that have ended so far, well or not. */
  settled = 0
  /** Commands that ended in an error so far. */
  failed = 0
  /** Blocking commands in flight: while there are any, silence says nothing. */
  blocking = 0
  /** When something was last seen to arrive, in monotonic milliseconds; only looked at while commands are in flight. */
  progressAt = -Infinity
  /** False as soon as the connection is known to be lost, or was destroyed. */
  alive = true
  /** Resolves a command of the fast path: counts it and hands the reply on. Shared by all commands of the connection. */
  onReply: <T>(reply: T) => T

  #successesTaken = 0
  #onSettled: (() => void) | undefined
  readonly #native: AdapterConnection<TClient>
  readonly #owner: ConnectionOwner<TClient>

  constructor(facts: ConnectionFacts, native: AdapterConnection<TClient>, owner: ConnectionOwner<TClient>) {
    this.id = facts.id
    this.endpointId = facts.endpointId
    this.generation = facts.generation
    this.purpose = facts.purpose
    this.client = native.client
    this.#native = native
    this.#owner = owner
    this.onReply = (reply) => {
      this.settled++
      return reply
    }
  }

  /** Counts a command that is about to be handed to the client. */
  begin(): void {
    if (this.issued++ === this.settled) this.#owner.onBusy(this)
  }

  /** Calls `listener` whenever a command has ended. To be called before the first one is sent. */
  whenSettled(listener: () => void): void {
    this.#onSettled = listener
    this.onReply = (reply) => {
      this.settled++
      listener()
      return reply
    }
  }

  get inFlight(): number {
    return this.issued - this.settled
  }

  /** False when a command given to the client now would not be written. */
  isUsable(): boolean {
    return this.alive && this.#native.isUsable()
  }

  /** False when its holder has left something behind that the next one must not inherit. */
  isReusable(): boolean {
    return this.#native.isReusable?.() ?? true
  }

  bytesRead(): number | undefined {
    return this.#native.bytesRead()
  }

  /** Sends a raw command, outside of the counters: for probes. */
  command(args: readonly CommandArgument[]): Promise<unknown> {
    return this.#native.command(args)
  }

  /** Looks at all servers behind the connection. @throws TypeError where the adapter cannot */
  async examineTopology(question: TopologyQuestion): Promise<TopologyReport> {
    if (this.#native.examineTopology === undefined)
      throw new TypeError('the adapter calls the endpoint "managed" and has no examineTopology()')
    return this.#native.examineTopology(question)
  }

  /** Makes it a connection for subscriptions; `undefined` where the adapter has no such. */
  subscriber(handlers: SubscriberHandlers): SubscriberLink | undefined {
    return this.#native.subscriber?.(handlers)
  }

  /** Counts a command as ended in an error. */
  countFailure(): void {
    this.settled++
    this.failed++
    this.#onSettled?.()
  }

  /** Counts a reply to a command that was given up: progress, and no success. */
  countLate(): void {
    this.settled++
    this.#successesTaken++
    this.#onSettled?.()
  }

  /** A command was not answered within its time; it stays in flight. */
  reportTimeout(): void {
    if (this.alive) this.#owner.onTimeout(this)
  }

  /** Commands answered since this was last asked, for the failure detector. */
  takeSuccesses(): number {
    const successes = this.settled - this.failed
    const taken = successes - this.#successesTaken
    this.#successesTaken = successes
    return taken
  }

  /** A command showed that the connection is gone, before its own event did. Idempotent. */
  reportLost(error: unknown): void {
    this.#owner.onLost(this, error)
  }

  /** Ends the connection at once; what is in flight rejects and is settled by class. Idempotent. */
  destroy(why: string): void {
    if (this.alive) {
      this.alive = false
      this.#owner.onDestroyed(this, why)
    }
    this.#native.destroy()
  }

  hold(held: boolean): void {
    if (held) this.#native.ref()
    else this.#native.unref()
  }
}
