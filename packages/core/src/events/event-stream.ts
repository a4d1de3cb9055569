import type { FailoverEvent } from './event-map.ts'

/** How many events a reader may fall behind before the oldest are dropped, so that a forgotten reader costs bounded memory. */
export const MAX_UNREAD_EVENTS = 10_000

/** An async iterable of events. Leaving the loop ends it. A reader that falls behind loses the oldest events. */
export class EventStream implements AsyncIterableIterator<FailoverEvent> {
  /** How many events were lost because the reader fell behind. */
  dropped = 0
  readonly #onEnd: (stream: EventStream) => void
  readonly #unread: FailoverEvent[] = []
  readonly #readers: ((result: IteratorResult<FailoverEvent>) => void)[] = []
  #ended = false

  constructor(onEnd: (stream: EventStream) => void) {
    this.#onEnd = onEnd
  }

  push(event: FailoverEvent): void {
    if (this.#ended) return
    const reader = this.#readers.shift()
    if (reader !== undefined) {
      reader({ value: event, done: false })
      return
    }
    this.#unread.push(event)
    if (this.#unread.length > MAX_UNREAD_EVENTS) {
      this.#unread.shift()
      this.dropped++
    }
  }

  /** Ends the stream; what is unread can still be read. */
  end(): void {
    if (this.#ended) return
    this.#ended = true
    for (const reader of this.#readers.splice(0)) reader({ value: undefined, done: true })
    this.#onEnd(this)
  }

  next(): Promise<IteratorResult<FailoverEvent>> {
    const event = this.#unread.shift()
    if (event !== undefined) return Promise.resolve({ value: event, done: false })
    if (this.#ended) return Promise.resolve({ value: undefined, done: true })
    return new Promise((resolve) => this.#readers.push(resolve))
  }

  return(): Promise<IteratorResult<FailoverEvent>> {
    this.#unread.length = 0
    this.end()
    return Promise.resolve({ value: undefined, done: true })
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
