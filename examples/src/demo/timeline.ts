import type { FailoverEvent } from '@redis-endpoint-failover/core'

/** An event, with its moment on the clock of `performance.now()`, as signals to servers and commands have it too. */
export interface Entry {
  readonly at: number
  readonly event: FailoverEvent
}

/** Records what a group tells, and waits for it. */
export class Timeline {
  readonly #entries: Entry[] = []
  readonly #checks = new Set<() => void>()
  readonly #now: () => number

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  record(event: FailoverEvent): void {
    // These come with every probe and every connection, and nobody here waits for them.
    if (event.type.startsWith('check-') || event.type.startsWith('connection-')) return
    this.#entries.push({ at: this.#now(), event })
    for (const check of [...this.#checks]) check()
  }

  /** The first event since then that matches. */
  find(matches: (event: FailoverEvent) => boolean, since: number): Entry | undefined {
    return this.#entries.find(({ at, event }) => at >= since && matches(event))
  }

  /** Milliseconds for which the group saw our own event loop stand still. */
  stalledMs(since: number, until: number): number {
    return this.#entries
      .filter(({ at }) => at >= since && at < until)
      .reduce((total, { event }) => total + (event.type === 'stall-ended' ? event.durationMs : 0), 0)
  }

  /** Resolves with the moment of the first event since then that matches, or `undefined` after `patienceMs`. */
  first(
    matches: (event: FailoverEvent) => boolean,
    since: number,
    patienceMs: number,
    signal?: AbortSignal,
  ): Promise<number | undefined> {
    return this.#when(() => this.find(matches, since)?.at, patienceMs, signal)
  }

  /** Resolves with the moment from which on this holds, as seen after each event, or `undefined` after `patienceMs`. */
  reached(condition: () => boolean, patienceMs: number, signal?: AbortSignal): Promise<number | undefined> {
    return this.#when(() => (condition() ? this.#now() : undefined), patienceMs, signal)
  }

  #when(look: () => number | undefined, patienceMs: number, signal?: AbortSignal): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void): void => {
        clearTimeout(timer)
        this.#checks.delete(check)
        signal?.removeEventListener('abort', abort)
        finish()
      }
      const check = (): void => {
        const at = look()
        if (at !== undefined) settle(() => resolve(at))
      }
      const abort = (): void => settle(() => reject(signal?.reason))
      const timer = setTimeout(() => settle(() => resolve(undefined)), patienceMs)
      if (signal?.aborted === true) return abort()
      signal?.addEventListener('abort', abort)
      this.#checks.add(check)
      check()
    })
  }
}
