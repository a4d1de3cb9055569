import { NoEndpointAvailableError } from '@redis-endpoint-failover/core'
import type { Cluster } from 'ioredis'
import { CONNECTION_CLOSED, NOT_WRITABLE } from '../classify-ioredis-error.ts'

/** What ioredis hands to `handleError`: how to go on with a command, or with a whole pipeline. */
interface Handlers {
  connectionClosed: () => void
  maxRedirections: (error: Error) => void
}

/** ioredis keeps one for each command, or pipeline, through all of its attempts. */
interface Attempts {
  value?: number | undefined
  /** When it began to wait, on the clock of `performance.now()`. */
  waitingSince?: number
  /** That waiting was in vain. */
  expired?: Error
}

export interface SlotWaitsOptions {
  readonly client: Cluster
  /** For messages. */
  readonly group: string
  readonly endpointId: string
  /** Milliseconds that a command waits for the primary of its slot. */
  readonly timeoutMs: number
  /** How many may wait. */
  readonly max: number
}

interface Waiting {
  readonly retry: () => void
}

/** What ioredis says of a command given to a Cluster client that has ended. */
export const CLUSTER_ENDED = 'Cluster is ended.'

/** ioredis rejects so what it never handed to a node. */
export const NEVER_SENT: ReadonlySet<string> = new Set([
  CONNECTION_CLOSED,
  CLUSTER_ENDED,
  'None of startup nodes is available',
])

/**
 * Lets commands wait while the primary of their slot is away and the cluster promotes another. Only those wait that were
 * certainly not executed: never written (see `markWhenWritten`), or refused by the server. Replaces ioredis's own
 * repeating, which also repeats what was written, and gives up after a number of attempts.
 */
export class SlotWaits {
  readonly #options: SlotWaitsOptions
  readonly #waiting = new Map<number, Waiting[]>()
  readonly #timers = new Map<number, NodeJS.Timeout>()
  readonly #delays: { readonly closed: number; readonly down: number }
  #ended = false

  constructor(options: SlotWaitsOptions) {
    this.#options = options
    const { client } = options
    this.#delays = {
      closed: client.options.retryDelayOnFailover ?? 100,
      down: client.options.retryDelayOnClusterDown ?? 100,
    }
    const handleError = client.handleError.bind(client)
    client.handleError = (error: Error, attempts: Attempts, handlers: Handlers) => {
      if (NEVER_SENT.has(error.message)) this.#wait(this.#delays.closed, new Error(NOT_WRITABLE), attempts, handlers)
      else if (/^(CLUSTERDOWN|MASTERDOWN|LOADING)\b/.test(error.message))
        this.#wait(this.#delays.down, error, attempts, handlers)
      else handleError(error, attempts, handlers)
    }
  }

  /** Whatever waits goes on at once, and finds the client ended. */
  end(): void {
    this.#ended = true
    for (const delay of [...this.#timers.keys()]) this.#release(delay)
  }

  // A delay of 0 is ioredis's way to say: not at all.
  #wait(delay: number, error: Error, attempts: Attempts, handlers: Handlers): void {
    const now = performance.now()
    attempts.waitingSince ??= now
    const waitedMs = now - attempts.waitingSince
    if (this.#ended || !(delay > 0)) handlers.maxRedirections(error)
    else if (waitedMs >= this.#options.timeoutMs || this.#count() >= this.#options.max) {
      attempts.expired = this.#expired(waitedMs, error)
      handlers.maxRedirections(attempts.expired)
    } else {
      // Going round is what waiting looks like; only redirections count.
      attempts.value = undefined
      this.#add(delay, { retry: handlers.connectionClosed })
    }
  }

  #add(delay: number, waiting: Waiting): void {
    const queue = this.#waiting.get(delay)
    if (queue === undefined) this.#waiting.set(delay, [waiting])
    else queue.push(waiting)
    if (this.#timers.has(delay)) return
    this.#timers.set(
      delay,
      setTimeout(() => {
        this.#options.client.refreshSlotsCache()
        this.#release(delay)
      }, delay),
    )
  }

  #release(delay: number): void {
    clearTimeout(this.#timers.get(delay))
    this.#timers.delete(delay)
    const queue = this.#waiting.get(delay) ?? []
    this.#waiting.delete(delay)
    for (const { retry } of queue) retry()
  }

  #count(): number {
    let count = 0
    for (const queue of this.#waiting.values()) count += queue.length
    return count
  }

  #expired(waitedMs: number, cause: Error): NoEndpointAvailableError {
    const { group, endpointId } = this.#options
    const why = cause.message === NOT_WRITABLE ? 'the primary of the key is away' : cause.message
    return new NoEndpointAvailableError(group, waitedMs, { [endpointId]: why }, { cause })
  }
}
