import type { GroupSnapshot } from '@redis-endpoint-failover/core'
import type { FaultName } from '../faults/fault.ts'

export type StepState = 'to do' | 'running' | 'done'

export interface Step {
  readonly fault: FaultName
  readonly title: string
  readonly state: StepState
}

export interface Rates {
  readonly readsPerSecond: number
  readonly writesPerSecond: number
  /** Writes since the start that were in flight on an endpoint that was lost, so that nobody knows their outcome. */
  readonly ambiguous: number
  /** All other failures since the start. */
  readonly failed: number
}

/** Everything there is to see at one moment. */
export interface Picture {
  readonly title: string
  readonly elapsedMs: number
  readonly steps: readonly Step[]
  readonly group: GroupSnapshot
  /** The processes of the servers; `undefined` while one does not run. */
  readonly pids: Readonly<Record<string, number | undefined>>
  readonly rates: Rates
}

/** Shows what happens. */
export interface View {
  /** Something happened: one line. */
  line(text: string): void
  /** From now on there is something to look at. */
  watch(look: () => Picture): void
  /** Several lines that are to stay, such as the table at the end. */
  print(text: string): void
  close(): void
}
