import { isLatency } from './latency.ts'

/** The time constant of the average, in milliseconds. */
export const LATENCY_DECAY_MS = 10_000

/** After this long without a sample, in milliseconds, nothing is known any more: three time constants. */
const STALE_AFTER_MS = 3 * LATENCY_DECAY_MS

/**
 * One step of a peak-sensitive average: jumps to a higher sample at once, and decays towards lower ones with the time
 * constant `decayMs` (default 10 s), by the `elapsedMs` since the previous sample. A slow endpoint is noticed with its
 * first slow reply; trust comes back slowly.
 *
 * Samples that cannot be a latency are ignored; negative times count as none. The result stays within the least and the
 * greatest sample.
 *
 * Source: the peak-sensitive, exponentially weighted moving average of Finagle's load balancer.
 */
export const peakAverage = (
  previous: number | undefined,
  sampleMs: number,
  elapsedMs: number,
  decayMs: number = LATENCY_DECAY_MS,
): number | undefined => {
  if (!isLatency(sampleMs)) return previous
  if (previous === undefined || sampleMs >= previous) return sampleMs
  const kept = elapsedMs > 0 ? Math.exp(-elapsedMs / decayMs) : 1
  return sampleMs + kept * (previous - sampleMs)
}

/** The latency of the application's commands on one endpoint. Times are monotonic milliseconds. */
export class PeakAverage {
  #value: number | undefined
  #sampledAt = 0

  /** Adds a sample; one that cannot be a latency is ignored. Allocates nothing. */
  record(sampleMs: number, now: number): void {
    if (!isLatency(sampleMs)) return
    this.#value = peakAverage(this.value(now), sampleMs, now - this.#sampledAt)
    this.#sampledAt = now
  }

  /** The average in milliseconds; `undefined` before the first sample, and 30 s after the last one. */
  value(now: number): number | undefined {
    return now - this.#sampledAt > STALE_AFTER_MS ? undefined : this.#value
  }

  /** Forgets everything: the endpoint went DOWN, or is another one now. */
  reset(): void {
    this.#value = undefined
  }
}
