import type { Timer } from '../runtime/clock.ts'
import type { TimerScope } from '../runtime/timer-scope.ts'

interface Waiting {
  readonly run: () => void
  readonly fail: (error: Error) => void
  readonly timer: Timer
}

export interface WaitingCommandsOptions {
  readonly timers: TimerScope
  /** How many may wait, over all clients of the group. */
  readonly room: WaitingRoom
  /** Milliseconds that a command waits. */
  readonly timeoutMs: number
  readonly onTimeout: (waitedMs: number) => Error
  readonly onFull: () => Error
}

/** Counts the commands that wait in a whole group, because memory is what has to be bounded. */
export interface WaitingRoom {
  count: number
  readonly max: number
  /** Called when the first command begins to wait. */
  readonly onFirst: () => void
}

/** Commands of one client that wait for an endpoint: first in, first out, bounded in number and in time. */
export class WaitingCommands {
  readonly #options: WaitingCommandsOptions
  readonly #queue = new Set<Waiting>()

  constructor(options: WaitingCommandsOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#queue.size
  }

  /** Calls `run` when its turn has come, or `fail`. Returns how to leave without either. */
  add(run: () => void, fail: (error: Error) => void): () => void {
    const { timers, room, timeoutMs, onTimeout, onFull } = this.#options
    if (timeoutMs === 0) {
      fail(onTimeout(0))
      return () => {}
    }
    if (room.count >= room.max) {
      fail(onFull())
      return () => {}
    }
    const since = timers.clock.now()
    const entry: Waiting = {
      run,
      fail,
      timer: timers.set(timeoutMs, () => {
        if (this.#leave(entry)) fail(onTimeout(timers.clock.now() - since))
      }),
    }
    this.#queue.add(entry)
    if (++room.count === 1) room.onFirst()
    return () => void this.#leave(entry)
  }

  /** Lets commands go, oldest first, as long as `mayGo` says so. */
  release(mayGo: () => boolean): void {
    for (const entry of this.#queue) {
      if (!mayGo()) return
      this.#leave(entry)
      entry.run()
    }
  }

  /** Rejects all of them. */
  failAll(error: Error): void {
    for (const entry of [...this.#queue]) {
      this.#leave(entry)
      entry.fail(error)
    }
  }

  #leave(entry: Waiting): boolean {
    if (!this.#queue.delete(entry)) return false
    this.#options.room.count--
    entry.timer.cancel()
    return true
  }
}
