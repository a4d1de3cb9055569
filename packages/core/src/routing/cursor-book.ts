import type { CommandArgument } from '../adapter/client-adapter.ts'
import { CursorLostError } from '../errors/connection-bound-errors.ts'
import type { CommandTask } from './command-task.ts'

/** Cursors that are remembered; the oldest are forgotten first. */
const REMEMBERED = 1000

interface Origin {
  readonly epoch: number
  readonly endpointId: string
}

/**
 * Remembers which endpoint gave which cursor, so that a scan that goes on after a switch fails instead of skipping or
 * repeating what it does not know of. A cursor that it has never seen is let pass.
 */
export class CursorBook<TClient = unknown> {
  readonly #epoch: () => number
  readonly #origins = new Map<string, Origin>()

  /** `epoch`: that of the group, now. */
  constructor(epoch: () => number) {
    this.#epoch = epoch
  }

  /** Makes of the task of a SCAN, HSCAN, SSCAN or ZSCAN one that goes on with cursors of the endpoint in use only. */
  guard<T>(task: CommandTask<TClient, T>): CommandTask<TClient, T> {
    const args = (task.args ?? []) as readonly CommandArgument[]
    const at = task.name === 'SCAN' ? 1 : 2
    const scan = args.slice(0, at).join('\0')
    const cursor = String(args[at])
    const begunIn = this.#epoch()
    return {
      ...task,
      bound: true,
      send: async (connection) => {
        const epoch = this.#epoch()
        if (cursor !== '0') {
          const origin = this.#origins.get(`${scan}\0${cursor}`)
          if ((origin?.epoch ?? begunIn) !== epoch) throw new CursorLostError(task.name, origin?.endpointId)
        }
        const reply = await task.send(connection)
        this.#remember(`${scan}\0${cursorOf(reply)}`, { epoch, endpointId: connection.endpointId })
        return reply
      },
    }
  }

  #remember(key: string, origin: Origin): void {
    this.#origins.delete(key)
    this.#origins.set(key, origin)
    if (this.#origins.size <= REMEMBERED) return
    for (const oldest of this.#origins.keys()) {
      this.#origins.delete(oldest)
      return
    }
  }
}

// As the server sends it, or as a client makes an object of it.
const cursorOf = (reply: unknown): string =>
  String(Array.isArray(reply) ? reply[0] : (reply as { cursor?: unknown } | null)?.cursor)
