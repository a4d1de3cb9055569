import { type CallSubject, isReadOnlyCommand, PromisedCall } from '@redis-endpoint-failover/core'
import type { RedisArguments } from '../native/internals.ts'
import { nameOf } from './command-tasks.ts'

/** A command with a deadline or an AbortSignal. */
export class RoutedCall extends PromisedCall {
  readonly args: RedisArguments

  constructor(args: RedisArguments) {
    super()
    this.args = args
  }

  protected override subject(): CallSubject {
    return { name: nameOf(this.args), readOnly: isReadOnlyCommand(this.args) }
  }
}
