import type { DetectorSettings } from '../options/presets.ts'
import { SlidingWindow } from './sliding-window.ts'
import { type FailureCounts, isRecovered, isTripped } from './trip-rule.ts'

/** What a command says about its endpoint. `neutral`: nothing, such as an application error or an abort by the caller. */
export type Outcome = 'success' | 'failure' | 'neutral'

/**
 * Passive evidence: watches the outcomes of the application's own commands on one endpoint, and trips when they speak
 * against it. An outcome counts in the generation that issued it, or not at all. Times are monotonic milliseconds.
 *
 * It trips once per episode. An episode ends when failures have become rare (`isRecovered`), or by `reset`: a caller whose
 * probe found the endpoint alive resets the detector, in the same generation, to be asked again.
 */
export class FailureDetector {
  readonly #settings: DetectorSettings
  readonly #window: SlidingWindow
  #generation: number
  #consecutiveFailures = 0
  #tripped = false

  constructor(settings: DetectorSettings, generation: number) {
    this.#settings = settings
    this.#window = new SlidingWindow({ windowMs: settings.window })
    this.#generation = generation
  }

  /** Whether an episode is under way, as of the last outcome. */
  get tripped(): boolean {
    return this.#tripped
  }

  /**
   * Adds successes, which the path of a command only counts. To be called before each `recordFailure` with what has been
   * counted so far, or failures between successes look as if they came in a row.
   */
  recordSuccesses(count: number, generation: number, now: number): void {
    if (generation !== this.#generation || !(count > 0)) return
    this.#window.record(now, count, 0)
    this.#consecutiveFailures = 0
    // Successes can end an episode, but never trip: a rate that they make judgeable is judged at the next failure.
    if (this.#tripped) this.#tripped = !isRecovered(this.#settings, this.counts(now))
  }

  /** Adds a failure. True if it starts an episode: then the endpoint should be probed. */
  recordFailure(generation: number, now: number): boolean {
    if (generation !== this.#generation) return false
    // Failures that the window has forgotten are not in a row with this one, and belong to an earlier episode.
    const before = this.counts(now)
    const lasts = this.#tripped && !isRecovered(this.#settings, before)
    this.#consecutiveFailures = before.consecutiveFailures + 1
    this.#window.record(now, 0, 1)
    this.#tripped = lasts || isTripped(this.#settings, this.counts(now))
    return this.#tripped && !lasts
  }

  /** Adds one outcome of any kind; true as for `recordFailure`. */
  record(outcome: Outcome, generation: number, now: number): boolean {
    if (outcome === 'failure') return this.recordFailure(generation, now)
    if (outcome === 'success') this.recordSuccesses(1, generation, now)
    return false
  }

  /** What the rule judges at the moment. */
  counts(now: number): FailureCounts {
    const totals = this.#window.totals(now)
    return { ...totals, consecutiveFailures: Math.min(this.#consecutiveFailures, totals.failures) }
  }

  /** Starts anew under a generation. One that is older than the present changes nothing: it is a late call. */
  reset(generation: number): void {
    if (generation < this.#generation) return
    this.#generation = generation
    this.#window.reset()
    this.#consecutiveFailures = 0
    this.#tripped = false
  }
}
