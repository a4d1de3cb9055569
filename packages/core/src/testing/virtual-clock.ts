import { nextTick } from 'node:process'
import type { Clock, Timer } from '../runtime/clock.ts'
import { EventQueue, type QueuedEvent } from './event-queue.ts'

// The cap of Node's own timers, so that an endless delay behaves as it does in production.
const MAX_DELAY_MS = 2 ** 31 - 1
// Turns without time moving on; beyond that, something reschedules itself for ever.
const MAX_TURNS_AT_ONE_TIME = 100_000

export interface VirtualClockOptions {
  /** What `now()` says at first, in milliseconds. Default 0. */
  readonly startAt?: number
  /** What `wallTime()` says at first, in milliseconds since the epoch. Default 2026-01-01T00:00:00Z. */
  readonly wallTime?: number
  /** Runs after each callback and all that follows from it at once: a simulation looks at the whole state there. */
  readonly onStep?: () => void
}

/**
 * A clock for tests and simulations: time stands still until a test moves it, and then everything that is due runs in a
 * fixed order, with all microtasks in between. The order is that of Node's event loop: in each turn timers first, then
 * I/O, then `nextTurn` callbacks; what is scheduled meanwhile belongs to a later turn.
 *
 * ```ts
 * const clock = new VirtualClock()
 * clock.setTimer(() => console.log('a second has passed'), 1_000)
 * await clock.advance(1_000)
 * ```
 */
export class VirtualClock implements Clock {
  readonly #timers = new EventQueue()
  readonly #io = new EventQueue()
  readonly #turns = new EventQueue()
  readonly #outside = new EventQueue()
  #now: number
  #wallOffset: number
  #sequence = 0
  #heldBy = 0
  #running = false
  readonly #onStep: (() => void) | undefined

  constructor({ startAt = 0, wallTime = 1_767_225_600_000, onStep }: VirtualClockOptions = {}) {
    this.#now = startAt
    this.#wallOffset = wallTime - startAt
    this.#onStep = onStep
  }

  now(): number {
    return this.#now
  }

  wallTime(): number {
    return Math.floor(this.#now + this.#wallOffset)
  }

  /** Sets the wall clock forward or, with a negative number of milliseconds, back. `now()` and timers do not notice. */
  jumpWallClock(ms: number): void {
    this.#wallOffset += ms
  }

  setTimer(callback: () => void, delayMs: number): Timer {
    return this.#schedule(this.#timers, callback, delayMs)
  }

  nextTurn(callback: () => void): Timer {
    return this.#schedule(this.#turns, callback, 0)
  }

  keepAlive(): Timer {
    let held = true
    this.#heldBy += 1
    return {
      cancel: () => {
        if (held) this.#heldBy -= 1
        held = false
      },
    }
  }

  /** Something arrives from the network after `delayMs`: `callback` runs in the I/O phase, so not during a stall. */
  scheduleIo(callback: () => void, delayMs: number): Timer {
    return this.#schedule(this.#io, callback, delayMs)
  }

  /** Something happens outside this process after `delayMs`: `callback` runs on time, even while the event loop stands. */
  scheduleOutside(callback: () => void, delayMs: number): Timer {
    return this.#schedule(this.#outside, callback, delayMs)
  }

  /** How many timers are set and have neither fired nor been cancelled. */
  get pendingTimers(): number {
    return this.#timers.size
  }

  /** How many `nextTurn` callbacks wait. */
  get pendingTurns(): number {
    return this.#turns.size
  }

  /** How many `keepAlive()` are not cancelled. */
  get heldBy(): number {
    return this.#heldBy
  }

  /** Moves time on by `ms` and runs everything that is due by then. Rejects with what a callback throws. */
  async advance(ms: number): Promise<void> {
    await this.#run(this.#now + ms, () => false)
  }

  /**
   * Moves time on until `predicate()` is true, asking before the first and after each callback; resolves with the
   * milliseconds that took. Rejects if it is still false after `maxMs`, 60,000 by default.
   */
  async runUntil(predicate: () => boolean, maxMs = 60_000): Promise<number> {
    const start = this.#now
    if (!(await this.#run(start + maxMs, predicate))) {
      throw new Error(`Nothing made the predicate true within ${maxMs} ms of virtual time: ${predicate}`)
    }
    return this.#now - start
  }

  /**
   * The event loop stands still for `ms`, as under a long synchronous computation: time passes outside, and nothing runs
   * here, not even microtasks. What is due by then runs late, from the next `advance()` on, or after the current callback.
   */
  stall(ms: number): void {
    const end = this.#now + ms
    this.#runOutside(end)
    this.#now = end
  }

  async #run(target: number, isDone: () => boolean): Promise<boolean> {
    if (this.#running)
      throw new Error('The clock is running already: await the previous advance() or runUntil() first.')
    this.#running = true
    try {
      await settle()
      for (let turns = 0; turns < MAX_TURNS_AT_ONE_TIME; turns += 1) {
        if (isDone()) return true
        if (this.#isIdle(this.#now)) {
          const next = this.#nextDue()
          if (next > target) {
            this.#now = Math.max(this.#now, target)
            return isDone()
          }
          this.#now = Math.max(this.#now, next)
          turns = 0
        }
        if (await this.#turn(isDone)) return true
      }
      throw new Error(`Callbacks keep scheduling each other at ${this.#now} ms without time moving on.`)
    } finally {
      this.#running = false
    }
  }

  async #turn(isDone: () => boolean): Promise<boolean> {
    for (const queue of [this.#timers, this.#io, this.#turns]) {
      this.#runOutside(this.#now)
      const last = this.#sequence
      for (;;) {
        const event = queue.peek()
        if (event === undefined || event.dueAt > this.#now || event.sequence > last) break
        queue.shift()
        event.callback()
        await settle()
        this.#onStep?.()
        if (isDone()) return true
      }
    }
    return false
  }

  #runOutside(until: number): void {
    for (;;) {
      const event = this.#outside.peek()
      if (event === undefined || event.dueAt > until) return
      this.#outside.shift()
      this.#now = Math.max(this.#now, event.dueAt)
      event.callback()
    }
  }

  #isIdle(now: number): boolean {
    return this.#nextDue() > now
  }

  #nextDue(): number {
    let next = Number.POSITIVE_INFINITY
    for (const queue of [this.#timers, this.#io, this.#turns, this.#outside]) {
      next = Math.min(next, queue.peek()?.dueAt ?? next)
    }
    return next
  }

  #schedule(queue: EventQueue, callback: () => void, delayMs: number): Timer {
    if (Number.isNaN(delayMs)) throw new TypeError('A delay is not a number.')
    const dueAt = this.#now + Math.min(Math.max(delayMs, 0), MAX_DELAY_MS)
    this.#sequence += 1
    const event: QueuedEvent = { dueAt, sequence: this.#sequence, callback, cancelled: false }
    queue.add(event)
    return { cancel: () => queue.cancel(event) }
  }
}

// Node runs a tick only when no microtask is left; the second one lets ticks of the code under test have their own say.
const settle = async (): Promise<void> => {
  await new Promise<void>((resolve) => nextTick(nextTick, resolve))
}
