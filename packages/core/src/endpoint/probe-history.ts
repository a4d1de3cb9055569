/** One finished probe. */
export interface ProbeRecord {
  /** Wall-clock milliseconds since the epoch. */
  readonly at: number
  readonly kind: 'regular' | 'confirming' | 'fresh'
  readonly ok: boolean
  readonly roundTripMs: number | undefined
  readonly message: string
}

/** How many probes of an endpoint are remembered. */
export const PROBE_HISTORY_SIZE = 100

/** The latest probes of one endpoint, in a ring that never grows. */
export class ProbeHistory {
  readonly #ring: ProbeRecord[] = []
  #next = 0

  add(record: ProbeRecord): void {
    this.#ring[this.#next] = record
    this.#next = (this.#next + 1) % PROBE_HISTORY_SIZE
  }

  /** Oldest first. */
  list(): readonly ProbeRecord[] {
    return this.#ring.length < PROBE_HISTORY_SIZE
      ? [...this.#ring]
      : [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)]
  }
}
