import { Call, type CallSubject } from '@redis-endpoint-failover/core'
import { isReadOnly } from './command-facts.ts'
import type { CommandObject } from './internals.ts'

/** A command of the caller that has a deadline. Its promise is ioredis's own. */
export class CommandCall extends Call {
  readonly #command: CommandObject
  readonly #reject: CommandObject['reject']

  constructor(command: CommandObject) {
    super()
    this.#command = command
    this.#reject = command.reject
  }

  protected override subject(): CallSubject {
    return { name: this.#command.name.toUpperCase(), readOnly: isReadOnly(this.#command) }
  }

  protected override fail(error: Error): void {
    this.#reject(error)
  }
}
