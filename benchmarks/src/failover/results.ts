import type { ClientName } from '../client/benchmark-client.ts'
import { median } from '../measure/statistics.ts'
import type { ContenderName } from './contender.ts'
import type { CommandCounts } from './count-commands.ts'
import type { FaultName } from './failover-faults.ts'
import type { FailoverRequest, FailoverRun } from './run-failover.ts'

/** All runs of one fault done to one contender. */
export interface FailoverResult {
  readonly client: ClientName
  readonly contender: ContenderName
  readonly fault: FaultName
  readonly runs: readonly FailoverRun[]
  /** Runs that were repeated because the measuring process itself stood still. */
  readonly repeated: number
  /** Why there are no runs, or fewer. */
  readonly errors: readonly string[]
}

export const medianOf = ({ runs }: FailoverResult): number => median(runs.map((run) => run.withoutServiceMs))
export const worstOf = ({ runs }: FailoverResult): number => Math.max(...runs.map((run) => run.withoutServiceMs))

/** Whether service came back before the fault was over, in more than half of the runs. */
export const recoversByItself = ({ runs }: FailoverResult): boolean =>
  runs.filter(({ onlyAfterwards }) => !onlyAfterwards).length > runs.length / 2

/** How many of these there were in all runs together. */
export const totalOf = ({ runs }: FailoverResult, count: keyof CommandCounts): number =>
  runs.reduce((sum, run) => sum + run[count], 0)

/** `23 ms`, `7.14 s`, `12.1 s`, `never`. */
export function formatTime(ms: number): string {
  if (!Number.isFinite(ms)) return 'never'
  return ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`
}

/** Gathers what the runs came to, one result for each fault, contender and client. */
export class FailoverResults {
  readonly #results = new Map<string, FailoverResult>()

  add(request: FailoverRequest, outcome: { run: FailoverRun; repeated: boolean } | { error: string }): void {
    const { client, contender, fault } = request
    const key = [fault, contender, client].join()
    const before = this.#results.get(key) ?? { client, contender, fault, runs: [], repeated: 0, errors: [] }
    this.#results.set(
      key,
      'run' in outcome
        ? { ...before, runs: [...before.runs, outcome.run], repeated: before.repeated + Number(outcome.repeated) }
        : { ...before, errors: [...before.errors, outcome.error] },
    )
  }

  /** `undefined` where there is not a single run. */
  find(client: ClientName, contender: ContenderName, fault: FaultName): FailoverResult | undefined {
    const found = this.#results.get([fault, contender, client].join())
    return found === undefined || found.runs.length === 0 ? undefined : found
  }

  get all(): readonly FailoverResult[] {
    return [...this.#results.values()]
  }
}
