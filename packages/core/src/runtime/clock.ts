/** Something that was scheduled and can be called off. Cancelling twice, or after it ran, does nothing. */
export interface Timer {
  cancel(): void
}

/**
 * The only source of time in the core. Production uses `systemClock`; tests and the simulator use a `VirtualClock`.
 * All durations are milliseconds on a monotonic scale: wall-clock jumps change nothing.
 */
export interface Clock {
  /** Monotonic milliseconds. Only differences mean something. */
  now(): number
  /** Milliseconds since the epoch, for stamping events. Never used for a decision. */
  wallTime(): number
  /** Runs `callback` once after `delayMs`. The timer alone does not keep the process alive. */
  setTimer(callback: () => void, delayMs: number): Timer
  /** Runs `callback` in the next turn of the event loop, after pending socket reads of this turn. */
  nextTurn(callback: () => void): Timer
  /** Keeps the process alive until cancelled. */
  keepAlive(): Timer
}
