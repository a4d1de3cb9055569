import type { FaultName } from '../faults/fault.ts'

/**
 * When what happened; moments on the clock of `performance.now()`, `undefined` for what was waited for in vain. Commands
 * belong to a fault if they were sent from `startedAt` to `endedAt`.
 */
export interface Observation {
  readonly fault: FaultName
  readonly startedAt: number
  readonly faultAt: number
  readonly detectedAt: number | undefined
  /** When something was begun that makes the group move, where the fault alone must not. */
  readonly provokedAt: number | undefined
  /** What the time of the switch is counted from: the fault, the connection lost, or the end of the fault. */
  readonly switchableAt: number
  readonly switchedAt: number | undefined
  readonly healedAt: number
  /** When the preferred endpoint was active and up again. */
  readonly backAt: number | undefined
  readonly endedAt: number
  /** How often the preferred endpoint had died while active, this time included. */
  readonly deaths: number
  /** Milliseconds for which our own event loop stood still meanwhile. */
  readonly stalledMs: number
}
