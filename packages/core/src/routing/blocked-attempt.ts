import type { ManagedConnection } from '../connections/managed-connection.ts'
import type { BlockingPorts } from './blocking-connections.ts'
import type { CommandRoute } from './command-route.ts'
import type { CommandTask } from './command-task.ts'

/** The server ended the command unanswered, because we asked it to. */
export const UNBLOCKED = Symbol('unblocked')

/** How long to wait for a connection to unblock on, or for a command that is only just arriving. */
const LOOK_AGAIN_MS = 50

// A connection keeps its id; it is asked once.
const ids = new WeakMap<object, Promise<string | undefined>>()

const clientIdOf = (connection: ManagedConnection<never>): Promise<string | undefined> => {
  let id = ids.get(connection)
  if (id === undefined) {
    // Where the command is not permitted, nothing can be unblocked, and nothing else changes.
    id = connection.command(['CLIENT', 'ID']).then(String, () => undefined)
    ids.set(connection, id)
  }
  return id
}

/**
 * One sending of a command that may block. When its endpoint is left it is unblocked there: the server's word for that is
 * proof that nothing was popped, so it can block again elsewhere. When its reply does not come although its time is over,
 * the connection is stuck.
 */
export class BlockedAttempt<TClient, T> {
  readonly #ports: BlockingPorts<TClient>
  readonly #route: CommandRoute<TClient>
  readonly #connection: ManagedConnection<TClient>
  readonly #task: CommandTask<TClient, T>
  readonly #blockMs: number
  #over = false
  #asked = false

  constructor(
    ports: BlockingPorts<TClient>,
    route: CommandRoute<TClient>,
    connection: ManagedConnection<TClient>,
    task: CommandTask<TClient, T>,
    /** Milliseconds; `Infinity` where it may block for ever. */
    blockMs: number,
  ) {
    this.#ports = ports
    this.#route = route
    this.#connection = connection
    this.#task = task
    this.#blockMs = blockMs
  }

  async send(): Promise<T | typeof UNBLOCKED> {
    const connection = this.#connection
    // What can be sent again with the rest of its time. The id arrives before the server begins to block.
    const id =
      this.#task.setBlockTime === undefined ? undefined : clientIdOf(connection as unknown as ManagedConnection<never>)
    const stop = this.#route.onChange(() => {
      if (this.#route.current !== connection && id !== undefined && !this.#asked) void this.#unblock(id)
    })
    const { timers, graceMs } = this.#ports
    const waitMs = this.#blockMs + graceMs
    const timer = Number.isFinite(waitMs)
      ? timers.setDecision(waitMs, () => connection.alive && this.#ports.replace(connection, waitMs))
      : undefined
    try {
      return await this.#task.send(connection)
    } catch (error) {
      if (this.#asked && String((error as Error).message).startsWith('UNBLOCKED')) return UNBLOCKED
      throw error
    } finally {
      this.#over = true
      timer?.cancel()
      stop()
    }
  }

  async #unblock(asked: Promise<string | undefined>): Promise<void> {
    this.#asked = true
    const id = await asked
    // A closed client's commands end with its connections.
    while (id !== undefined && !this.#over && this.#connection.alive && !this.#route.isClosed) {
      try {
        const done = this.#ports.aside(this.#connection.endpointId, ['CLIENT', 'UNBLOCK', id, 'ERROR'])
        if (done !== undefined) await done
      } catch {
        // Not permitted: it stays there until it ends by itself.
        return
      }
      await new Promise<void>((resolve) => void this.#ports.timers.set(LOOK_AGAIN_MS, resolve))
    }
  }
}
