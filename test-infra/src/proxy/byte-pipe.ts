import type { Socket } from 'node:net'
import { type ConnectionFaults, drawLatency, holds, paceOf, swallows } from './faults.ts'

// Beyond this the sender is no longer read, so that it feels the pressure that a slow network gives.
const mostQueuedBytes = 1024 * 1024

// Node reports the end of the stream instead of ECONNRESET when it finds bytes and a reset at the same time, so the
// receiver gets this long to read the bytes first.
const settleMs = 10

export interface BytePipeOptions {
  way: 'up' | 'down'
  faults: () => ConnectionFaults
  source: () => Socket | undefined
  sink: () => Socket | undefined
  /** How many more bytes may be delivered before `onLimit`; undefined for no limit. */
  limit?: () => number | undefined
  onLimit?: () => void
}

type Item = Buffer | 'end' | 'reset'

/** One direction of a connection: what goes in comes out in the same order, as late and as slowly as the faults say. */
export class BytePipe {
  /** Bytes handed to the receiver. */
  deliveredBytes = 0
  readonly #options: BytePipeOptions
  readonly #queue: { item: Item; due: number }[] = []
  #queuedBytes = 0
  #lastDue = 0
  #nextAllowed = 0
  #waitsForDrain = false
  #isAtLimit = false
  #timer: NodeJS.Timeout | undefined

  constructor(options: BytePipeOptions) {
    this.#options = options
  }

  push(item: Item): void {
    const { way, faults, source } = this.#options
    // Never before its predecessor, or jitter would change the order of bytes.
    this.#lastDue = Math.max(this.#lastDue, performance.now() + drawLatency(faults(), way))
    this.#queue.push({ item, due: this.#lastDue })
    if (typeof item !== 'string') this.#queuedBytes += item.length
    if (this.#queuedBytes > mostQueuedBytes) source()?.pause()
    this.pump()
  }

  /** Delivers what may pass now. Called by itself; call it when the faults have changed. */
  pump(): void {
    clearTimeout(this.#timer)
    for (;;) {
      const head = this.#queue[0]
      const faults = this.#options.faults()
      if (head === undefined || this.#waitsForDrain || holds(faults, this.#options.way)) return
      const isClosing = typeof head.item === 'string'
      if (this.#options.limit?.() === 0) {
        this.#reachLimit()
        return
      }
      if (isClosing && this.#options.way === 'down' && faults.halfOpen === true) return
      const wait = Math.max(head.due, this.#nextAllowed) - performance.now()
      if (wait > 0) {
        this.#timer = setTimeout(() => this.pump(), Math.ceil(wait)).unref()
        return
      }
      this.#passOne(head, faults)
    }
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#queue.length = 0
  }

  #passOne(head: { item: Item; due: number }, faults: ConnectionFaults): void {
    const { way, source, limit } = this.#options
    if (typeof head.item === 'string') {
      this.#queue.shift()
      if (!swallows(faults, way)) this.#close(head.item)
      return
    }
    const pace = paceOf(faults, way)
    const count = Math.min(head.item.length, pace.bytes, limit?.() ?? Number.POSITIVE_INFINITY)
    const piece = head.item.subarray(0, count)
    if (count === head.item.length) this.#queue.shift()
    else head.item = head.item.subarray(count)
    this.#queuedBytes -= count
    if (this.#queuedBytes <= mostQueuedBytes) source()?.resume()
    // From when this piece was allowed, not from now, as far as timers were late; time without bytes earns nothing.
    const allowed = Math.max(head.due, this.#nextAllowed, performance.now() - pace.catchUpMs)
    this.#nextAllowed = allowed + pace.pauseAfter(count)
    if (!swallows(faults, way)) this.#deliver(piece)
  }

  #deliver(piece: Buffer): void {
    const { sink: sinkOf, limit, onLimit } = this.#options
    const sink = sinkOf()
    // The receiver is gone, or there never was one: nobody is left to tell.
    if (sink === undefined || !sink.writable) return
    this.deliveredBytes += piece.length
    const isLast = limit?.() === 0
    if (isLast) this.#isAtLimit = true
    const accepted = sink.write(piece, () => isLast && setTimeout(() => onLimit?.(), settleMs).unref())
    if (accepted) return
    this.#waitsForDrain = true
    sink.once('drain', () => {
      this.#waitsForDrain = false
      this.pump()
    })
  }

  // With a limit of no bytes at all there is no last piece to wait for.
  #reachLimit(): void {
    if (this.#isAtLimit) return
    this.#isAtLimit = true
    this.#options.onLimit?.()
  }

  #close(how: 'end' | 'reset'): void {
    const sink = this.#options.sink()
    if (sink === undefined || sink.destroyed) return
    if (how === 'end') sink.end()
    else sink.resetAndDestroy()
  }
}
