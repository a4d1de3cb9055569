import type { Timer } from '../runtime/clock.ts'
import type { TimerScope } from '../runtime/timer-scope.ts'
import type { Call } from './call.ts'

/** Calls that may share one look at the clock, within one turn of the event loop. */
const CALLS_PER_LOOK = 16
/** Calls that expire in one turn of the event loop: each gets an error of its own, and others want their turn. */
const EXPIRIES_PER_TURN = 2000

const resolved = Promise.resolve()

/**
 * The deadlines of all calls that have the same time limit. They expire in the order in which they began: so a list of
 * those that are still under way and one timer for the oldest are enough. The calls themselves are the list: a call costs
 * a few stores and a sixteenth of a look at the clock, and one that has ended is garbage at once.
 */
export class Deadlines {
  readonly durationMs: number
  readonly #timers: TimerScope
  readonly #onIdle: (deadlines: Deadlines) => void
  #oldest: Call | undefined
  #youngest: Call | undefined
  #timer: Timer | undefined
  // The oldest whose time has not been looked at yet; all younger ones have not either.
  #undated: Call | undefined
  #undatedCount = 0
  #looksSoon = false

  constructor(timers: TimerScope, durationMs: number, onIdle: (deadlines: Deadlines) => void) {
    this.#timers = timers
    this.durationMs = durationMs
    this.#onIdle = onIdle
  }

  /** Starts the time of a call. */
  add(call: Call): void {
    call.deadlines = this
    const before = this.#youngest
    this.#youngest = call
    if (before === undefined) this.#oldest = call
    else {
      before.younger = call
      call.older = before
    }
    this.#undated ??= call
    if (++this.#undatedCount >= CALLS_PER_LOOK) this.#date()
    else if (!this.#looksSoon) {
      this.#looksSoon = true
      void resolved.then(this.#lookSoon)
    }
  }

  /** The call has ended. */
  remove(call: Call): void {
    const { older, younger } = call
    call.deadlines = undefined
    call.older = undefined
    call.younger = undefined
    if (call === this.#undated) this.#undated = younger
    if (older === undefined) this.#oldest = younger
    else older.younger = younger
    if (younger === undefined) this.#youngest = older
    else younger.older = older
  }

  // Calls that begin without a break share a look at the clock. It is taken after the last of them, or whatever the
  // application does between two of its calls would be taken from the time of the later one.
  readonly #lookSoon = (): void => {
    this.#looksSoon = false
    this.#date()
    if (this.#oldest === undefined && this.#timer === undefined) this.#onIdle(this)
  }

  #date(): void {
    this.#undatedCount = 0
    if (this.#undated === undefined) return
    // Whole milliseconds, never too early: small integers cost no allocation in each call.
    const dueAt = Math.ceil(this.#timers.clock.now()) + this.durationMs
    for (let call: Call | undefined = this.#undated; call !== undefined; call = call.younger) call.dueAt = dueAt
    this.#undated = undefined
    if (this.#timer === undefined && this.#oldest !== undefined) this.#arm(this.#oldest)
  }

  #arm({ dueAt }: Call): void {
    const delayMs = Math.max(0, dueAt - this.#timers.clock.now())
    // A decision: a reply that has already arrived is read before its call is given up.
    this.#timer = this.#timers.setDecision(delayMs, () => this.#expire())
  }

  #expire(): void {
    const now = this.#timers.clock.now()
    let left = EXPIRIES_PER_TURN
    // Each removes itself. What begins meanwhile has no date yet.
    while (this.#hasDated() && this.#oldest!.dueAt <= now && left-- > 0) this.#oldest!.expire(this.durationMs)
    this.#timer = undefined
    if (this.#hasDated()) this.#arm(this.#oldest!)
    else if (this.#oldest === undefined) this.#onIdle(this)
  }

  #hasDated(): boolean {
    return this.#oldest !== undefined && this.#oldest !== this.#undated
  }
}
