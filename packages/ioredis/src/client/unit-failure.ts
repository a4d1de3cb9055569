import type { ErrorVerdict } from '@redis-endpoint-failover/core'
import type { UnitReplies } from './unit-attempt.ts'

/** A pipeline or transaction that did not come through whole. Never reaches the caller: its entries do. */
export class UnitFailure extends Error {
  readonly verdict: ErrorVerdict
  readonly replies: UnitReplies
  retryBudgetExhausted?: boolean

  constructor(verdict: ErrorVerdict, replies: UnitReplies) {
    super('not every command of the pipeline was answered')
    this.verdict = verdict
    this.replies = replies
  }
}
