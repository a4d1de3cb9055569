import type { Call } from './call.ts'

/** The calls that one AbortSignal ends, behind one listener: with one for each call, taking one away would be a search. */
export class SignalFollowers {
  readonly #signal: AbortSignal
  readonly #calls = new Set<Call>()

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  add(call: Call): void {
    if (this.#calls.size === 0) this.#signal.addEventListener('abort', this)
    this.#calls.add(call)
    call.followers = this
  }

  /** The call has ended. */
  remove(call: Call): void {
    if (this.#calls.delete(call) && this.#calls.size === 0) this.#signal.removeEventListener('abort', this)
  }

  /** As a listener of the signal. */
  handleEvent(): void {
    for (const call of [...this.#calls]) call.abort(this.#signal.reason)
  }
}
