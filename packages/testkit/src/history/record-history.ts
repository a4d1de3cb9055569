import { AmbiguousResultError } from '@redis-endpoint-failover/core'
import type { Write, WriteKind, WriteOutcome } from './history.ts'

/** Which endpoint answered, and, for an increment, as the how manyth. */
export interface WriteReply {
  readonly endpoint: string
  readonly value?: number
}

export interface HistoryRecorderOptions {
  /** Issues one write; the id is used by no other. */
  readonly send: (kind: WriteKind, id: string, worker: number) => Promise<WriteReply>
  /** Workers that write side by side. */
  readonly workers: number
  /** How many writes each worker has in flight at once. */
  readonly burst: number
  /** Milliseconds that a worker rests after each burst. */
  readonly pauseMs: number
  readonly sleep: (ms: number) => Promise<unknown>
}

export interface HistoryRecorder {
  /** What is known so far. */
  writes(): readonly Write[]
  /** Issues no more; resolves when all has settled, or after so many milliseconds with what is still open as `open`. */
  stop(settleTimeoutMs: number): Promise<readonly Write[]>
}

const KINDS: readonly WriteKind[] = ['push', 'transaction', 'increment']

/** Writes without an end, and keeps what the client said to each write. */
export const recordHistory = (options: HistoryRecorderOptions): HistoryRecorder => {
  const { send, workers, burst, pauseMs, sleep } = options
  const records: { id: string; kind: WriteKind; outcome: WriteOutcome }[] = []
  let isStopped = false

  const issue = async (worker: number): Promise<void> => {
    const kind = KINDS[records.length % KINDS.length]!
    const record = { id: `w${worker}-${records.length}`, kind, outcome: { state: 'open' } as WriteOutcome }
    records.push(record)
    try {
      record.outcome = { state: 'acknowledged', ...(await send(kind, record.id, worker)) }
    } catch (error) {
      record.outcome = AmbiguousResultError.isInstance(error)
        ? { state: 'ambiguous' }
        : { state: 'refused', error: String(error) }
    }
  }
  const work = async (worker: number): Promise<void> => {
    while (!isStopped) {
      await Promise.all(Array.from({ length: burst }, () => issue(worker)))
      await sleep(pauseMs)
    }
  }
  const done = Promise.all(Array.from({ length: workers }, (_, worker) => work(worker)))

  return {
    writes: () => records.map((record) => ({ ...record })),
    async stop(settleTimeoutMs) {
      isStopped = true
      await Promise.race([done, sleep(settleTimeoutMs)])
      return records.map((record) => ({ ...record }))
    },
  }
}
