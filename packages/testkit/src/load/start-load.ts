import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LoadOutcome, LoadReport } from './load-report.ts'

export interface LoadOptions {
  /** Reads the fixed key of this load. */
  get: (key: string) => Promise<unknown>
  /** Increments a key that no other call uses. */
  incr: (key: string) => Promise<unknown>
  readsPerSecond: number
  incrsPerSecond: number
  /** What the reads read. Default: `ref:read`. */
  readKey?: string
  /** Called as each command settles: for live figures. */
  onOutcome?: (kind: 'read' | 'incr', outcome: LoadOutcome) => void
}

export interface StopOptions {
  /** Milliseconds to wait for what is in flight. Default 10 000. What is still open then is reported as such. */
  settleTimeout?: number
}

/** A load that is running. */
export interface Load {
  /** Distinguishes the keys of this load from those of others: `ref:<run>:<n>`. */
  readonly run: string
  /** What happened so far. */
  report(): LoadReport
  /** Issues no more commands, and resolves when all of them have settled. */
  stop(options?: StopOptions): Promise<LoadReport>
}

const TICK_MS = 5

type MutableOutcome = { -readonly [K in keyof LoadOutcome]: LoadOutcome[K] }

/**
 * Issues commands at fixed rates however slowly they are answered (an open loop): commands that fall due while the
 * event loop or the server stands still are issued afterwards, so that an outage is not left out of the figures.
 */
export function startLoad(options: LoadOptions): Load {
  const { readsPerSecond, incrsPerSecond, readKey = 'ref:read', onOutcome } = options
  const run = randomUUID().slice(0, 8)
  const startedAt = performance.now()
  const reads: MutableOutcome[] = []
  const incrs: MutableOutcome[] = []
  let endedAt: number | undefined
  let open = 0

  const issue = (kind: 'read' | 'incr', id: string, send: (key: string) => Promise<unknown>): void => {
    const outcome: MutableOutcome = {
      id,
      sentAt: performance.now(),
      settledAt: undefined,
      reply: undefined,
      error: undefined,
    }
    const settle = (reply: unknown, error: unknown): void => {
      outcome.settledAt = performance.now()
      outcome.reply = reply
      outcome.error = error
      open--
      onOutcome?.(kind, outcome)
    }
    open++
    if (kind === 'read') reads.push(outcome)
    else incrs.push(outcome)
    // A client that throws instead of rejecting has failed all the same.
    Promise.resolve()
      .then(() => send(id))
      .then(
        (reply) => settle(reply, undefined),
        (error: unknown) => settle(undefined, error ?? new Error('Rejected without an error.')),
      )
  }

  const issueWhatIsDue = (): void => {
    const seconds = (performance.now() - startedAt) / 1000
    while (reads.length < seconds * readsPerSecond) issue('read', readKey, options.get)
    while (incrs.length < seconds * incrsPerSecond) issue('incr', `ref:${run}:${incrs.length}`, options.incr)
  }

  const timer = setInterval(issueWhatIsDue, TICK_MS)
  const report = (): LoadReport => ({
    startedAt,
    endedAt: endedAt ?? performance.now(),
    reads: reads.map((outcome) => ({ ...outcome })),
    incrs: incrs.map((outcome) => ({ ...outcome })),
  })

  return {
    run,
    report,
    async stop({ settleTimeout = 10_000 } = {}) {
      clearInterval(timer)
      endedAt ??= performance.now()
      const deadline = performance.now() + settleTimeout
      while (open > 0 && performance.now() < deadline) await sleep(TICK_MS)
      return report()
    },
  }
}
