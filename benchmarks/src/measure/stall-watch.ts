import type { ObservedGroup } from '../client/benchmark-client.ts'

const beatMs = 20
/** A loop that stood still this long says more about this machine than about what is measured. */
const stallMs = 100

/** Tells whether this process stood still during a stretch of time: by a heartbeat, and by what the group noticed. */
export class StallWatch implements Disposable {
  readonly #timer: NodeJS.Timeout
  readonly #stalls: { from: number; to: number }[] = []
  #lastBeat = performance.now()

  constructor() {
    this.#timer = setInterval(() => this.#beat(), beatMs)
    this.#timer.unref()
  }

  /** Counts the stalls that a group reports as well. */
  follow(group: ObservedGroup): void {
    group.on('stall-ended', ({ durationMs }) => {
      const to = performance.now()
      this.#stalls.push({ from: to - durationMs, to })
    })
  }

  /** Whether the process stood still at any time between these two moments of `performance.now()`. */
  stalledBetween(from: number, to: number): boolean {
    this.#beat()
    return this.#stalls.some((stall) => stall.from < to && stall.to > from)
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }

  #beat(): void {
    const now = performance.now()
    if (now - this.#lastBeat > beatMs + stallMs) this.#stalls.push({ from: this.#lastBeat, to: now })
    this.#lastBeat = now
  }
}
