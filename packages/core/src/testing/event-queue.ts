/** A callback that waits in an `EventQueue`. */
export interface QueuedEvent {
  readonly dueAt: number
  /** Order of insertion over all queues of a clock; earlier first among equals. */
  readonly sequence: number
  readonly callback: () => void
  cancelled: boolean
}

/** A binary heap of callbacks, ordered by time, then by insertion. Cancelled ones are dropped when they surface. */
export class EventQueue {
  readonly #heap: QueuedEvent[] = []
  #live = 0

  /** How many callbacks wait; cancelled ones do not count. */
  get size(): number {
    return this.#live
  }

  add(event: QueuedEvent): void {
    this.#heap.push(event)
    this.#live += 1
    this.#rise(this.#heap.length - 1)
  }

  cancel(event: QueuedEvent): void {
    if (event.cancelled) return
    event.cancelled = true
    this.#live -= 1
  }

  /** The event that is due first, or `undefined`. */
  peek(): QueuedEvent | undefined {
    while (this.#heap[0]?.cancelled === true) this.#removeFirst()
    return this.#heap[0]
  }

  /** Takes the event that is due first. Cancelling it afterwards does nothing. */
  shift(): QueuedEvent | undefined {
    const first = this.peek()
    if (first === undefined) return undefined
    this.#removeFirst()
    this.cancel(first)
    return first
  }

  #removeFirst(): void {
    const last = this.#heap.pop()
    if (last === undefined || this.#heap.length === 0) return
    this.#heap[0] = last
    this.#sink()
  }

  #rise(from: number): void {
    let index = from
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!isBefore(this.#heap[index], this.#heap[parent])) return
      this.#swap(index, parent)
      index = parent
    }
  }

  #sink(): void {
    let index = 0
    for (;;) {
      const left = 2 * index + 1
      const smaller = isBefore(this.#heap[left + 1], this.#heap[left]) ? left + 1 : left
      if (!isBefore(this.#heap[smaller], this.#heap[index])) return
      this.#swap(index, smaller)
      index = smaller
    }
  }

  #swap(a: number, b: number): void {
    const held = this.#heap[a]!
    this.#heap[a] = this.#heap[b]!
    this.#heap[b] = held
  }
}

const isBefore = (a: QueuedEvent | undefined, b: QueuedEvent | undefined): boolean =>
  a !== undefined && (b === undefined || a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.sequence < b.sequence))
