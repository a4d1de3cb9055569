import type { Clock } from '../../../runtime/clock.ts'
import type { ExecutedCommand } from '../../scripted/scripted-endpoint.ts'
import type { TrafficKind } from '../plan/features.ts'

/** What the caller of a command was told. */
export type Answer =
  /** It executed, once, where the reply came from. */
  | 'acknowledged'
  /** It did not execute, and will not. */
  | 'refused'
  /** Nobody knows. */
  | 'ambiguous'

/** One call of the application and all that is known of it. */
export interface CallRecord {
  readonly number: number
  readonly kind: TrafficKind
  /** The unique values that it writes; none for reads. */
  readonly writes: readonly string[]
  /** Running it twice is allowed. */
  readonly repeatable: boolean
  readonly at: number
  /** Monotonic milliseconds by which it has to be settled, where it has a deadline. */
  readonly dueAt: number
  /** How many connections had been lost or left when it began. */
  readonly lossesBefore: number
  /** Where it was handed to a connection, attempt by attempt. */
  readonly sentTo: string[]
  settledAt: number | undefined
  answer: Answer | undefined
  /** The code or kind of its error. */
  error: string | undefined
}

/** How often a unique value was written, and where. */
export interface Execution {
  readonly endpointIds: string[]
  readonly call: CallRecord
}

export interface LedgerObserver {
  readonly onIssued?: (call: CallRecord) => void
  readonly onSent?: (call: CallRecord, endpointId: string) => void
  readonly onExecuted?: (execution: Execution, endpointId: string) => void
  readonly onSettled?: (call: CallRecord) => void
}

/** Keeps account of every call and of what the servers really executed for it. */
export class Ledger {
  readonly #clock: Clock
  readonly #executions = new Map<string, Execution>()
  readonly #pending = new Set<CallRecord>()
  readonly observers: LedgerObserver[] = []
  /** Calls, by what became of them. */
  readonly counts = new Map<string, number>()
  calls = 0
  /** Attempts beyond the first. */
  repeats = 0
  /** Connections that were lost, and endpoints that were left: each may cost every call under way one repeat. */
  losses = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Calls that are not settled. */
  get pending(): ReadonlySet<CallRecord> {
    return this.#pending
  }

  executionOf(write: string): Execution | undefined {
    return this.#executions.get(write)
  }

  begin(facts: Pick<CallRecord, 'kind' | 'writes' | 'repeatable'> & { readonly timeoutMs: number }): CallRecord {
    this.calls += 1
    const { kind, writes, repeatable, timeoutMs } = facts
    const at = this.#clock.now()
    const call: CallRecord = {
      number: this.calls,
      kind,
      writes,
      repeatable,
      at,
      dueAt: at + timeoutMs,
      lossesBefore: this.losses,
      sentTo: [],
      settledAt: undefined,
      answer: undefined,
      error: undefined,
    }
    for (const write of writes) this.#executions.set(write, { endpointIds: [], call })
    this.#pending.add(call)
    for (const observer of this.observers) observer.onIssued?.(call)
    return call
  }

  sent(call: CallRecord, endpointId: string): void {
    if (call.sentTo.length > 0) this.repeats += 1
    call.sentTo.push(endpointId)
    for (const observer of this.observers) observer.onSent?.(call, endpointId)
  }

  /** A server has executed something: for the scripted adapter's `keepInLog`. */
  executed({ args, endpointId }: ExecutedCommand): void {
    for (let index = 2; index < args.length; index += 2) {
      const execution = this.#executions.get(args[index]!)
      if (execution === undefined) continue
      execution.endpointIds.push(endpointId)
      for (const observer of this.observers) observer.onExecuted?.(execution, endpointId)
    }
  }

  settle(call: CallRecord, answer: Answer, error?: string): void {
    call.settledAt = this.#clock.now()
    call.answer = answer
    call.error = error
    this.#pending.delete(call)
    const outcome = error === undefined ? answer : `${answer} (${error})`
    this.counts.set(outcome, (this.counts.get(outcome) ?? 0) + 1)
    for (const observer of this.observers) observer.onSettled?.(call)
  }
}
