import { type CommandRoute, ConnectionLostError, isReadOnlyCommand } from '@redis-endpoint-failover/core'
import type { RedisArguments } from '../native/internals.ts'

/**
 * WAIT tells how many replicas have the writes of *its* connection. On a new one it would vouch for writes that it knows
 * nothing of: so it is refused from a change of the connection until something was written on the new one.
 */
export class UnconfirmedWrites {
  #leftOn: string | undefined

  constructor(route: CommandRoute<unknown>) {
    let last = route.current
    route.onChange(() => {
      const { current } = route
      if (current === undefined || current === last) return
      if (last !== undefined && last.issued > 0) this.#leftOn = last.endpointId
      last = current
    })
  }

  /** Whether there are writes that WAIT cannot vouch for. Read for every command. */
  get areLeft(): boolean {
    return this.#leftOn !== undefined
  }

  /** A command goes to the connection in use. */
  note(args: RedisArguments): void {
    if (!isReadOnlyCommand(args)) this.#leftOn = undefined
  }

  /** A command goes to another connection than the one that WAIT asks. */
  noteElsewhere(args: RedisArguments, endpointId: string): void {
    if (!isReadOnlyCommand(args)) this.#leftOn = endpointId
  }

  /** Why WAIT is refused now. */
  refuseWait(): ConnectionLostError {
    return new ConnectionLostError(
      this.#leftOn ?? '',
      'the connection that carried the last writes is not in use any more, so WAIT cannot tell whether they are replicated',
    )
  }
}
