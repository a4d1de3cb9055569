import type { Sample } from '../figures/figure.ts'
import type { Measure } from '../measure/verdict.ts'
import type { AuditOptions } from './audit.ts'
import type { FaultRun } from './fault-run.ts'
import type { Requirement } from './requirements.ts'

/** One row of the fault matrix: what is done, what must follow, within which bound, and how it is measured. */
export interface FaultRow<Key extends string = string> {
  /** Its number in the matrix; also the start of its file's name. */
  readonly row: number
  readonly title: string
  /** What is done to the servers, to the network or to us. */
  readonly inject: string
  /** What must be seen besides the bounds: events, reasons, states. `run` checks it. */
  readonly expected: string
  /** What is measured, with its bounds, in the order in which it is shown. */
  readonly measures: Readonly<Record<Key, Measure>>
  /** How long one run takes, about: it decides how many there are, and what is forecast. */
  readonly seconds: number
  /** Where the row itself says how many runs there are. Else 20 under 5 s, 3 under 60 s, else 1. */
  readonly runs?: number
  /** What a machine must have for it; without it the row is not run, and does not count as passed. */
  readonly needs?: readonly Requirement[]
  /** Nothing else may be measured meanwhile: the row loads the machine, or its bound is a few milliseconds. */
  readonly alone?: boolean
  /** Our own stall is what is injected, so it spoils no run. */
  readonly stallsOnPurpose?: boolean
  /** Run once by the project's tests, which have less than a minute for all such rows. */
  readonly inTests?: boolean
  /** Run only where `--row` names it: it takes longer than all others together. */
  readonly onRequest?: boolean
  /** What the servers are asked after each run. */
  readonly audit?: AuditOptions
  /** One run on servers of its own. Everything that `run` starts through its argument is ended afterwards. */
  run(run: FaultRun): Promise<Sample<Key>>
}

/** Gives a row the type of its own measures, and forgets it for the list of all. */
export const defineRow = <const Key extends string>(row: FaultRow<Key>): FaultRow => row as FaultRow

/** Milliseconds: the median within the bound, the worst within the bound plus the larger of 150 ms and 25 %. */
export const time = (label: string, bound: number): Measure => ({ label, rule: 'time', bound })

/** At most so many in every run. */
export const atMost = (bound: number, label: string): Measure => ({ label, rule: 'count', bound })

/** At least such a share; the median decides. */
export const atLeast = (bound: number, label: string): Measure => ({ label, rule: 'ratio', bound })

/** Shown, not judged. */
export const shown = (label: string): Measure => ({ label, rule: 'information', bound: 0 })

/** Never reached: what a moment is that did not come. */
export const never = Number.POSITIVE_INFINITY

/** The window of a run that no stall of our own can spoil: it could only make worse what must not happen. */
export const nothing = { from: never, to: -never }
