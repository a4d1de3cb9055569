import type { ErrorVerdict } from '@redis-endpoint-failover/core'
import type { EntryOutcome } from './unit-verdict.ts'

/** A pipeline or transaction that did not come through whole. Never reaches the caller: its entries do. */
export class UnitFailure extends Error {
  readonly verdict: ErrorVerdict
  readonly outcomes: readonly EntryOutcome[]
  retryBudgetExhausted?: boolean

  constructor(verdict: ErrorVerdict, outcomes: readonly EntryOutcome[]) {
    super('not every command of the pipeline was answered')
    this.verdict = verdict
    this.outcomes = outcomes
  }
}
