import { AmbiguousResultError } from '@redis-endpoint-failover/core'
import type { Rates } from './view/view.ts'

const BUCKETS = 10
const BUCKET_MS = 100

interface Bucket {
  slot: number
  read: number
  incr: number
}

/** Counts what the load settles, for the rates of the last second. */
export class Meter {
  readonly #buckets: Bucket[] = Array.from({ length: BUCKETS + 1 }, () => ({ slot: -1, read: 0, incr: 0 }))
  #ambiguous = 0
  #failed = 0

  count(kind: 'read' | 'incr', error: unknown): void {
    if (error !== undefined) {
      if (AmbiguousResultError.isInstance(error)) this.#ambiguous++
      else this.#failed++
      return
    }
    const slot = Math.floor(performance.now() / BUCKET_MS)
    const bucket = this.#buckets[slot % this.#buckets.length]!
    if (bucket.slot !== slot) Object.assign(bucket, { slot, read: 0, incr: 0 })
    bucket[kind]++
  }

  /** Of the last second that is complete to a tenth. */
  rates(): Rates {
    const current = Math.floor(performance.now() / BUCKET_MS)
    const recent = this.#buckets.filter(({ slot }) => slot < current && slot >= current - BUCKETS)
    return {
      readsPerSecond: recent.reduce((sum, { read }) => sum + read, 0),
      writesPerSecond: recent.reduce((sum, { incr }) => sum + incr, 0),
      ambiguous: this.#ambiguous,
      failed: this.#failed,
    }
  }
}
