import type { CommandArgument } from '../adapter/client-adapter.ts'
import type { ManagedConnection } from '../connections/managed-connection.ts'
import { DurabilityUnknownError } from '../errors/connection-bound-errors.ts'
import { isReadOnlyCommand } from '../retry/commands/index.ts'
import type { CommandRoute } from './command-route.ts'
import type { CommandTask } from './command-task.ts'

/**
 * WAIT tells how many replicas have the writes of *its* connection. On a new one it would vouch for writes that it knows
 * nothing of: so it is refused from a change of the connection until something was written on the new one.
 */
export class UnconfirmedWrites<TClient = unknown> {
  readonly #route: CommandRoute<TClient>
  #last: ManagedConnection<TClient> | undefined
  #leftOn: string | undefined

  constructor(route: CommandRoute<TClient>) {
    this.#route = route
    this.#last = route.current
    route.onChange(() => this.#follow())
    route.onDetour(({ args, unit, readOnly }, connection) => {
      this.#follow()
      // WAIT itself is among what blocks.
      if (args === undefined || readOnly || unit === 'blocking') return
      if (connection !== route.current) this.noteElsewhere(args as readonly CommandArgument[], connection.endpointId)
      else if (this.areLeft) this.note(args as readonly CommandArgument[])
    })
  }

  /** Whether there are writes that WAIT cannot vouch for. Read for every command. */
  get areLeft(): boolean {
    return this.#leftOn !== undefined
  }

  /** A command goes to the connection in use. */
  note(args: readonly CommandArgument[]): void {
    if (!isReadOnlyCommand(args)) this.#leftOn = undefined
  }

  /** A command goes to another connection than the one that WAIT asks. */
  noteElsewhere(args: readonly CommandArgument[], endpointId: string): void {
    if (!isReadOnlyCommand(args)) this.#leftOn = endpointId
  }

  /** Writes were left on a connection that this does not know of. */
  leave(endpointId: string): void {
    this.#leftOn = endpointId
  }

  /** Makes of a WAIT one that is refused where it cannot vouch for the writes, also when it has waited for an endpoint. */
  guard<T>(task: CommandTask<TClient, T>): CommandTask<TClient, T> {
    return {
      ...task,
      bound: true,
      send: (connection) =>
        this.#leftOn === undefined
          ? task.send(connection)
          : Promise.reject(new DurabilityUnknownError(task.name, this.#leftOn)),
    }
  }

  // Commands that waited for the connection are sent before anybody is told that it has changed.
  #follow(): void {
    const { current } = this.#route
    if (current === undefined || current === this.#last) return
    if (this.#last !== undefined && this.#last.issued > 0) this.#leftOn = this.#last.endpointId
    this.#last = current
  }
}
