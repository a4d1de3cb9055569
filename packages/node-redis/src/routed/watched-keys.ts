import type { CommandTask } from '@redis-endpoint-failover/core'
import type { Internals } from '../native/internals.ts'
import { type Connection, nativeOf, type Router } from './router.ts'

const LEFT = 'The watched keys were on a connection that was left since WATCH; watch them again'

/**
 * Optimistic locking: WATCH is remembered with the connection that carries it. When another one is in use at EXEC, the
 * transaction fails as if a watched key had been changed: nobody can tell whether it was.
 */
export class WatchedKeys {
  readonly #router: Router
  #connection: Connection | undefined
  #dirty: string | undefined
  #makeError: ((message: string) => Promise<never>) | undefined

  constructor(router: Router) {
    this.#router = router
  }

  get isWatching(): boolean {
    return this.#connection !== undefined
  }

  get isDirty(): boolean {
    return this.#dirty !== undefined
  }

  setDirty(message: string): void {
    this.#dirty = message
  }

  async watch(keys: unknown): Promise<unknown> {
    return await this.#router.bound('WATCH', async (connection) => {
      const native = nativeOf(connection)
      this.#makeError ??= await learnWatchError(native)
      const reply = await native.watch(keys)
      // A second WATCH adds to the first one, and is worth nothing without it.
      this.#connection ??= connection
      return reply
    })
  }

  async unwatch(): Promise<unknown> {
    const reply = await this.#router.bound('UNWATCH', (connection) => nativeOf(connection).unwatch())
    this.#connection = undefined
    return reply
  }

  /** Makes of a transaction one that runs on the connection of its WATCH, once, or fails. Ends the watch. */
  guard(task: CommandTask<unknown, unknown>): CommandTask<unknown, unknown> {
    const connection = this.#connection
    const dirty = this.#dirty
    this.#connection = undefined
    this.#dirty = undefined
    if (connection === undefined && dirty === undefined) return task
    const fail = this.#makeError ?? ((message: string) => Promise.reject(new WatchError(message)))
    let sent = false
    return {
      ...task,
      bound: true,
      send: (to) => {
        if (dirty !== undefined) return fail(dirty)
        // EXEC ends the watch also where it was refused, so a second attempt would run unguarded.
        if (sent || to !== connection || !to.isUsable()) return fail(LEFT)
        sent = true
        return task.send(to)
      },
    }
  }
}

/** Stands in until the client's own class is known. */
class WatchError extends Error {}

/** Has the client raise its own WatchError, which sends nothing, in order to have its class. */
const learnWatchError = async (native: Internals): Promise<(message: string) => Promise<never>> => {
  native.setDirtyWatch(LEFT)
  const error: unknown = await native._executeMulti([]).catch((reason: unknown) => reason)
  const known = (error as Error).constructor as typeof WatchError
  const Raised = known.name === 'WatchError' ? known : WatchError
  return (message) => Promise.reject(new Raised(message))
}
