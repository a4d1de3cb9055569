import { jitter, type Random, uniform } from '../runtime/random.ts'

export interface BackoffOptions {
  /** The longest first delay, in milliseconds. Default 20. */
  readonly baseMs?: number
  /** The longest delay of all, in milliseconds. Default 1000. */
  readonly capMs?: number
}

/**
 * Milliseconds to wait before repeating: uniform from 0 to `min(capMs, baseMs * 2^attempt)`. `attempt` is the number of
 * repeats before this one, so 0 for the first.
 *
 * Source: "full jitter" in M. Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015.
 */
export const fullJitterDelay = (
  attempt: number,
  random: Random,
  { baseMs = 20, capMs = 1000 }: BackoffOptions = {},
): number => {
  // 2^52 ms is beyond any cap, and stays finite where more would not.
  const exponent = Math.min(Math.max(attempt, 0), 52)
  return uniform(random, 0, Math.min(capMs, baseMs * 2 ** exponent))
}

/**
 * Milliseconds to wait before trying again what has failed: `min(capMs, firstMs * 2^failures)`, spread by a fifth. Unlike
 * with full jitter the wait is never short: for what nobody waits for by the millisecond.
 */
export const growingDelay = (
  failures: number,
  random: Random,
  { firstMs, capMs }: { readonly firstMs: number; readonly capMs: number },
): number => jitter(random, Math.min(firstMs * 2 ** Math.min(failures, 10), capMs), 0.2)
