import type { MessageHandler, SubscriptionKind } from '@redis-endpoint-failover/core'
import type { ChannelListeners, MessageListener, PubSubType } from '../native/internals.ts'

export const TYPE_OF = {
  channel: 'CHANNELS',
  pattern: 'PATTERNS',
  shardChannel: 'SHARDED',
} as const satisfies Record<SubscriptionKind, PubSubType>

/** Listeners of a name that is being unsubscribed. */
interface Leaving {
  readonly kind: SubscriptionKind
  readonly name: string
  readonly listeners: ChannelListeners
}

/** Where the listeners are kept: where the client has such a place in it, so that `getPubSubListeners()` tells the truth. */
export interface ListenerPlace {
  readonly listenersOf: (type: PubSubType) => Map<string, ChannelListeners>
  /** Takes what a listener has thrown. */
  readonly onError: (error: unknown) => void
}

/** A place for those of a client that has none. */
export const ownPlace = (onError: (error: unknown) => void): ListenerPlace => {
  const maps = { CHANNELS: new Map(), PATTERNS: new Map(), SHARDED: new Map() }
  return { listenersOf: (type) => maps[type], onError }
}

/** Who listens to what. */
export class MessageListeners {
  readonly #place: ListenerPlace
  #leaving: readonly Leaving[] = []

  constructor(place: ListenerPlace) {
    this.#place = place
  }

  /** Hands a message to its listeners, as node-redis does. */
  readonly onMessage: MessageHandler = (kind, message, channel, pattern) => {
    const name = (pattern ?? channel).toString()
    const listeners = this.#leaving.length === 0 ? this.#of(kind).get(name) : this.#withLeaving(kind, name)
    if (listeners === undefined) return
    for (const listener of listeners.buffers) this.#call(listener, message, channel)
    if (listeners.strings.size === 0) return
    const text = message.toString()
    const channelText = channel.toString()
    for (const listener of listeners.strings) this.#call(listener, text, channelText)
  }

  /** Returns the names to which the listener was added; it listens to the others already. */
  add(kind: SubscriptionKind, names: readonly string[], listener: MessageListener, buffers: boolean): string[] {
    return names.filter((name) => {
      const set = setOf(this.#want(kind, name), buffers)
      if (set.has(listener)) return false
      set.add(listener)
      return true
    })
  }

  /** Adds all listeners of a name at once. */
  extend(kind: SubscriptionKind, name: string, { buffers, strings }: ChannelListeners): void {
    for (const listener of buffers) this.add(kind, [name], listener, true)
    for (const listener of strings) this.add(kind, [name], listener, false)
  }

  /** Removes one listener where others stay; returns the names that it alone listens to, or nobody. */
  removeFromShared(
    kind: SubscriptionKind,
    names: readonly string[],
    listener: MessageListener,
    buffers: boolean,
  ): string[] {
    return names.filter((name) => {
      const known = this.#of(kind).get(name)
      if (known === undefined) return true
      const set = setOf(known, buffers)
      if (known.buffers.size + known.strings.size === (set.has(listener) ? 1 : 0)) return true
      set.delete(listener)
      return false
    })
  }

  /**
   * Removes all listeners of these names, or of the kind. They still get what comes until the returned function is called:
   * the server may have published it before it heard of the end.
   */
  detach(kind: SubscriptionKind, names: readonly string[] = [...this.#of(kind).keys()]): () => void {
    const leaving = names.flatMap((name) => {
      const listeners = this.#of(kind).get(name)
      this.#of(kind).delete(name)
      return listeners === undefined ? [] : [{ kind, name, listeners }]
    })
    this.#leaving = [...this.#leaving, ...leaving]
    return () => {
      this.#leaving = this.#leaving.filter((one) => !leaving.includes(one))
    }
  }

  #of(kind: SubscriptionKind): Map<string, ChannelListeners> {
    return this.#place.listenersOf(TYPE_OF[kind])
  }

  #withLeaving(kind: SubscriptionKind, name: string): ChannelListeners {
    const leaving = this.#leaving.filter((one) => one.kind === kind && one.name === name)
    const all = [this.#of(kind).get(name), ...leaving.map(({ listeners }) => listeners)].filter(
      (one) => one !== undefined,
    )
    return {
      unsubscribing: false,
      buffers: new Set(all.flatMap(({ buffers }) => [...buffers])),
      strings: new Set(all.flatMap(({ strings }) => [...strings])),
    }
  }

  #want(kind: SubscriptionKind, name: string): ChannelListeners {
    const listeners = this.#of(kind)
    let known = listeners.get(name)
    if (known === undefined) {
      known = { unsubscribing: false, buffers: new Set(), strings: new Set() }
      listeners.set(name, known)
    }
    return known
  }

  // What a listener throws is its application's error, and must not cost others their message or the connection its life.
  #call(listener: MessageListener, message: unknown, channel: unknown): void {
    try {
      listener(message, channel)
    } catch (error) {
      process.nextTick(() => this.#place.onError(error))
    }
  }
}

const setOf = ({ buffers, strings }: ChannelListeners, isBuffers: boolean): Set<MessageListener> =>
  isBuffers ? buffers : strings
