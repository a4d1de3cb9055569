import type { FaultName } from './faults/fault.ts'
import type { ClientName } from './options.ts'
import type { Verdict } from './verdict/verdict.ts'

/** What `--json` prints. */
export interface DemoResult {
  readonly client: ClientName
  /** Every bound was kept. */
  readonly ok: boolean
  readonly elapsedMs: number
  /** The settings that were shortened, in milliseconds; all others are at their defaults. */
  readonly shortened: Readonly<Record<string, number>>
  readonly verdicts: readonly Verdict[]
  /** Faults that were not done to the end. */
  readonly missing: readonly FaultName[]
  readonly reads: number
  readonly writes: number
  /** Over the whole run, so also before the first fault. */
  readonly executedTwice: number
  /** Writes with a reply that no server has executed. */
  readonly lostWrites: number
  /** Writes that were executed although the caller was told that they certainly were not. */
  readonly deniedWrites: number
  readonly stalledMs: number
}
