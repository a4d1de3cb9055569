import { setTimeout as sleep } from 'node:timers/promises'

export interface EventuallyOptions {
  /** Milliseconds until it gives up; no bound on what is tested, only on the wait of a test that fails. Default 15,000. */
  timeout?: number
  /** Milliseconds between two attempts. Default 10. */
  interval?: number
}

/** Calls `attempt` until it neither throws nor returns false; resolves with its result, or rejects with its last error. */
export async function eventually<T>(attempt: () => T | Promise<T>, options: EventuallyOptions = {}): Promise<T> {
  const { timeout = 15_000, interval = 10 } = options
  const deadline = performance.now() + timeout
  for (;;) {
    try {
      const result = await attempt()
      if (result !== false) return result
      if (performance.now() > deadline) throw new Error(`Still false after ${timeout} ms: ${String(attempt)}`)
    } catch (error) {
      if (performance.now() > deadline) throw error
    }
    await sleep(interval)
  }
}

/** Keeps this thread busy for `ms` milliseconds, as a long synchronous computation would. A proxy in it stalls as well. */
export function blockEventLoop(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end) {
    // Busy on purpose.
  }
}
