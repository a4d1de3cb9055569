import type { Redis } from 'ioredis'
import { classifyIoredisError } from '../adapter/classify-ioredis-error.ts'
import { type CommandObject, sendTo } from './internals.ts'
import { PipelineWriter } from './pipeline-writer.ts'
import type { EntryFailure } from './unit-verdict.ts'

/** What came back for the commands of a pipeline, in their order. */
export interface UnitReplies {
  /** The commands that carried it: they know the protocol of their connection. */
  readonly carriers: readonly CommandObject[]
  /** Raw replies; `undefined` where there is a failure. */
  readonly raw: readonly unknown[]
  readonly failures: readonly EntryFailure[]
}

const ATTEMPT = Symbol('redis-endpoint-failover.attempt')

type Carrier = CommandObject & { [ATTEMPT]?: { readonly attempt: UnitAttempt; readonly index: number } | undefined }

// Shared by all commands of all pipelines: two functions for each would be felt.
const onReply = function (this: Carrier, raw: unknown): unknown {
  this._clearTimers?.()
  const place = this[ATTEMPT]
  this[ATTEMPT] = undefined
  place?.attempt.succeed(place.index, raw)
  return this.promise
}
const onError = function (this: Carrier, error: Error): void {
  this._clearTimers?.()
  const place = this[ATTEMPT]
  this[ATTEMPT] = undefined
  place?.attempt.fail(place.index, error)
}

/** One sending of a pipeline or transaction over one connection. */
export class UnitAttempt {
  readonly #carriers: readonly CommandObject[]
  readonly #raw: unknown[]
  readonly #failures: EntryFailure[] = []
  readonly #onEnd: (replies: UnitReplies) => void
  #left: number

  constructor(carriers: readonly CommandObject[], onEnd: (replies: UnitReplies) => void) {
    this.#carriers = carriers
    this.#raw = new Array(carriers.length)
    this.#left = carriers.length
    this.#onEnd = onEnd
  }

  /** Writes all commands in one piece. */
  send(client: Redis): void {
    const writer = new PipelineWriter(client)
    this.#carriers.forEach((carrier: Carrier, index) => {
      carrier[ATTEMPT] = { attempt: this, index }
      carrier.resolve = onReply
      carrier.reject = onError
      sendTo(client, carrier, writer)
    })
    writer.flush()
  }

  succeed(index: number, raw: unknown): void {
    this.#raw[index] = raw
    this.#settle()
  }

  fail(index: number, error: Error): void {
    this.#failures.push({ index, error, verdict: classifyIoredisError(error) })
    this.#settle()
  }

  #settle(): void {
    if (--this.#left === 0) this.#onEnd({ carriers: this.#carriers, raw: this.#raw, failures: this.#failures })
  }
}
