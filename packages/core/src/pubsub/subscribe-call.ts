import type { Subscription } from './subscription.ts'

/** One call of `subscribe()` that is not settled yet. */
export class SubscribeCall {
  readonly subscriptions: readonly Subscription[]
  readonly promise: Promise<void>
  readonly #left: Set<Subscription>
  #resolve: () => void = () => {}
  #reject: (error: unknown) => void = () => {}
  #settled = false

  constructor(subscriptions: readonly Subscription[], unconfirmed: readonly Subscription[]) {
    this.subscriptions = subscriptions
    this.#left = new Set(unconfirmed)
    this.promise = new Promise<void>((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    for (const subscription of unconfirmed) subscription.calls.add(this)
    this.#settleIfDone()
  }

  get isSettled(): boolean {
    return this.#settled
  }

  /** The server has confirmed it, or the caller does not want it any more. */
  done(subscription: Subscription): void {
    subscription.calls.delete(this)
    if (this.#left.delete(subscription)) this.#settleIfDone()
  }

  /** Ends the call with an error; returns what nobody is subscribed to or waits for any more. */
  fail(error: unknown): readonly Subscription[] {
    if (this.#settled) return []
    this.#settled = true
    for (const subscription of this.subscriptions) subscription.calls.delete(this)
    this.#reject(error)
    return this.subscriptions.filter(({ established, calls }) => !established && calls.size === 0)
  }

  #settleIfDone(): void {
    if (this.#settled || this.#left.size > 0) return
    this.#settled = true
    for (const subscription of this.subscriptions) subscription.established = true
    this.#resolve()
  }
}
