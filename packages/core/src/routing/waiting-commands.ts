import type { Timer } from '../runtime/clock.ts'
import type { TimerScope } from '../runtime/timer-scope.ts'
import type { RoutePorts } from './route-ports.ts'

interface Waiting {
  readonly run: () => void
  readonly fail: (error: Error) => void
  timer: Timer | undefined
}

export interface WaitingCommandsOptions {
  readonly timers: TimerScope
  /** How many may wait, over all clients of the group. */
  readonly room: WaitingRoom
  /** Milliseconds that a command waits. */
  readonly timeoutMs: number
  readonly onTimeout: (waitedMs: number) => Error
  readonly onFull: () => Error
  /**
   * Where they may wait for a place, too: since when there is no endpoint, `undefined` while there is one. Only the time
   * without one counts then.
   */
  readonly outageSince?: (() => number | undefined) | undefined
}

/** The options of those that wait for an endpoint; `lastError` is why the last attempt failed, if there was one. */
export const forEndpoint = (
  ports: Pick<RoutePorts<never>, 'timers' | 'room' | 'selectionTimeout' | 'noEndpoint' | 'waitingFull'>,
  lastError: () => unknown,
): WaitingCommandsOptions => ({
  timers: ports.timers,
  room: ports.room,
  timeoutMs: ports.selectionTimeout,
  onTimeout: (waitedMs) => ports.noEndpoint(waitedMs, lastError()),
  onFull: ports.waitingFull,
})

/** Counts the commands that wait in a whole group, because memory is what has to be bounded. */
export interface WaitingRoom {
  count: number
  readonly max: number
  /** Called when the first command begins to wait. */
  readonly onFirst: () => void
}

/** Commands of one client that wait for an endpoint, or for a place among those in flight: first in, first out, bounded in number and in time. */
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
    const { timers, room, timeoutMs, onTimeout, onFull, outageSince } = this.#options
    if (timeoutMs === 0 && (outageSince === undefined || outageSince() !== undefined)) {
      fail(onTimeout(0))
      return () => {}
    }
    if (room.count >= room.max) {
      fail(onFull())
      return () => {}
    }
    const since = timers.clock.now()
    const entry: Waiting = { run, fail, timer: undefined }
    const arm = (ms: number): void => {
      entry.timer = timers.set(ms, () => {
        const now = timers.clock.now()
        const countsFrom = outageSince === undefined ? since : Math.max(since, outageSince() ?? now)
        const leftMs = countsFrom + timeoutMs - now
        if (outageSince !== undefined && leftMs > 0) arm(leftMs)
        else if (this.#leave(entry)) fail(onTimeout(now - since))
      })
    }
    if (timeoutMs > 0) arm(timeoutMs)
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
    entry.timer?.cancel()
    return true
  }
}
