import { EventEmitter } from 'eventemitter3'
import { FailoverError } from '../errors.ts'
import type { Clock } from '../runtime/clock.ts'
import type { EventListeners, EventName, EventPayloads, FailoverEvent } from './event-map.ts'
import { EventStream } from './event-stream.ts'

/** Events that come with every probe or command: they would push what matters out of the history. */
const HIGH_VOLUME: ReadonlySet<EventName> = new Set(['check-started', 'check-succeeded', 'retry'])

export interface EventBusOptions {
  readonly group: string
  readonly clock: Clock
  /** How many events are kept for replay. */
  readonly historySize: number
}

/**
 * The one typed bus of a group. An event is emitted after the state that it tells of is committed. Events that a
 * listener causes are queued behind the current one, so that every listener sees all events in order of `seq`. A
 * listener that throws or rejects is isolated and reported as an `error` event.
 */
export class EventBus {
  readonly #emitter = new EventEmitter<EventListeners>()
  readonly #options: EventBusOptions
  readonly #streams = new Set<EventStream>()
  readonly #history: FailoverEvent[] = []
  readonly #queue: FailoverEvent[] = []
  /** What `once()` was given, by what it registered, so that `off()` finds it. */
  readonly #onceListeners = new WeakMap<object, object>()
  #seq = 0
  #draining = false
  #closed = false

  constructor(options: EventBusOptions) {
    this.#options = options
  }

  on<N extends EventName>(name: N, listener: (event: FailoverEvent<N>) => void): void {
    // eventemitter3 cannot see that its listener type and ours are one for a generic name.
    this.#emitter.on(name, listener as never)
  }

  once<N extends EventName>(name: N, listener: (event: FailoverEvent<N>) => void): void {
    const wrapped = (event: FailoverEvent<N>): void => {
      this.off(name, wrapped)
      return listener(event)
    }
    this.#onceListeners.set(wrapped, listener)
    this.on(name, wrapped)
  }

  off<N extends EventName>(name: N, listener: (event: FailoverEvent<N>) => void): void {
    for (const registered of this.#emitter.listeners(name)) {
      if (registered === (listener as unknown) || this.#onceListeners.get(registered) === listener)
        this.#emitter.off(name, registered)
    }
  }

  listenerCount(name: EventName): number {
    return this.#emitter.listenerCount(name)
  }

  /** Stamps and delivers an event; call it only when the state it tells of is committed. */
  emit<N extends EventName>(type: N, payload: EventPayloads[N]): void {
    if (this.#closed) return
    this.#seq++
    // Hundreds of endpoints are probed all the time: an event that nobody will ever see is not made.
    if (HIGH_VOLUME.has(type) && this.#streams.size === 0 && this.#emitter.listenerCount(type) === 0) return
    const stamp = { type, seq: this.#seq, at: this.#options.clock.wallTime(), group: this.#options.group }
    this.#queue.push(Object.freeze({ ...stamp, ...payload }) as unknown as FailoverEvent)
    if (this.#draining) return
    this.#draining = true
    try {
      for (let event = this.#queue.shift(); event !== undefined; event = this.#queue.shift()) this.#deliver(event)
    } finally {
      this.#draining = false
    }
  }

  /** The latest events, oldest first; without those that come with every probe or command. */
  history(): readonly FailoverEvent[] {
    return [...this.#history]
  }

  /** All events from now on, as an async iterable; it ends when the group is closed. */
  stream(): EventStream {
    const stream = new EventStream((ended) => this.#streams.delete(ended))
    if (this.#closed) stream.end()
    else this.#streams.add(stream)
    return stream
  }

  /** Ends all streams and drops all listeners; nothing is emitted afterwards. */
  close(): void {
    this.#closed = true
    for (const stream of this.#streams) stream.end()
    this.#streams.clear()
    this.#emitter.removeAllListeners()
  }

  #deliver(event: FailoverEvent): void {
    if (!HIGH_VOLUME.has(event.type)) {
      this.#history.push(event)
      if (this.#history.length > this.#options.historySize) this.#history.shift()
    }
    for (const stream of this.#streams) stream.push(event)
    for (const listener of this.#emitter.listeners(event.type))
      this.#call(listener as (event: FailoverEvent) => unknown, event)
  }

  #call(listener: (event: FailoverEvent) => unknown, event: FailoverEvent): void {
    try {
      const result = listener(event)
      if (isThenable(result)) result.then(undefined, (error: unknown) => this.#report(event, error))
    } catch (error) {
      this.#report(event, error)
    }
  }

  // A throwing `error` listener is not reported to itself, or it would be called for ever.
  #report(event: FailoverEvent, cause: unknown): void {
    if (event.type === 'error') return
    const error = new FailoverError('LISTENER', `A listener of "${event.type}" failed; the group goes on.`, { cause })
    this.emit('error', { endpointId: undefined, error })
  }
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
