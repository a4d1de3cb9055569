import { isBlockingCommand } from '@redis-endpoint-failover/core'
import type { Redis } from 'ioredis'

export interface SilentNodesOptions {
  /** The connections to look at. */
  readonly nodes: () => readonly Redis[]
  /** Milliseconds without a byte, with commands in flight, after which a connection is given up. */
  readonly silenceTimeout: number
  /** Milliseconds that connecting may take; commands wait in the node's client meanwhile. */
  readonly connectTimeout: number
}

interface Seen {
  readonly bytes: number
  readonly head: unknown
  readonly quietTicks: number
}

interface Item {
  readonly command: { readonly name: string; readonly args: readonly (string | Buffer)[] }
}
/** Not in the public types; the same in 5.4 to 6.0. */
interface Internals {
  readonly commandQueue: { readonly length: number; peekAt(index: number): Item | undefined }
  readonly offlineQueue: { readonly length: number }
}

const MAX_TICK_MS = 250

/**
 * Gives up single connections of a client that has several, or that finds its server by itself: those with commands in
 * flight and nothing arriving. Their commands settle then, and the client finds the server that took over.
 *
 * Quiet times are counted in looks, so that time in which this process stood still is nobody's silence.
 */
export class SilentNodes {
  readonly #options: SilentNodesOptions
  readonly #tickMs: number
  readonly #seen = new WeakMap<Redis, Seen>()
  #timer: NodeJS.Timeout | undefined

  constructor(options: SilentNodesOptions) {
    this.#options = options
    this.#tickMs = Math.min(options.silenceTimeout / 4, options.connectTimeout / 4, MAX_TICK_MS)
  }

  start(): void {
    this.#timer = setInterval(() => {
      for (const node of this.#options.nodes()) this.#look(node)
    }, this.#tickMs)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  ref(): void {
    this.#timer?.ref()
  }

  unref(): void {
    this.#timer?.unref()
  }

  #look(node: Redis): void {
    const limit = this.#limitFor(node)
    const before = this.#seen.get(node)
    const { stream } = node
    const bytes = stream !== undefined && 'bytesRead' in stream ? stream.bytesRead : 0
    const head = headOf(node)
    const isQuiet = limit !== undefined && before !== undefined && before.bytes === bytes && before.head === head
    const quietTicks = isQuiet ? before.quietTicks + 1 : 0
    this.#seen.set(node, { bytes, head, quietTicks })
    if (limit !== undefined && quietTicks * this.#tickMs >= limit) giveUp(node)
  }

  // Undefined where silence says nothing.
  #limitFor(node: Redis): number | undefined {
    if (node.status === 'ready') {
      const command = headOf(node)
      if (command === undefined || isBlockingCommand([command.name, ...command.args])) return undefined
      return this.#options.silenceTimeout
    }
    const isConnecting = node.status === 'connecting' || node.status === 'connect'
    return isConnecting && internalsOf(node).offlineQueue.length > 0 ? this.#options.connectTimeout : undefined
  }
}

const internalsOf = (node: Redis): Internals => node as unknown as Internals

const headOf = (node: Redis): Item['command'] | undefined => internalsOf(node).commandQueue.peekAt(0)?.command

const giveUp = (node: Redis): void => {
  node.disconnect()
  // Not set before the socket exists.
  node.stream?.destroy()
}
