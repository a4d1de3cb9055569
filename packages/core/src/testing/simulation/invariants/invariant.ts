import type { GroupSnapshot } from '../../../endpoint/snapshot.ts'
import type { FailoverEvent } from '../../../events/event-map.ts'
import type { FailbackSettings, HealthSettings } from '../../../options/presets.ts'
import type { GroupModel } from '../group-model.ts'
import type { LedgerObserver } from '../world/ledger.ts'

/** What every invariant may look at. */
export interface Observed {
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** The group as its events tell it. While an event is taken up, it shows what was before. */
  readonly model: GroupModel
  /** The group as it is. */
  readonly snapshot: () => GroupSnapshot
  readonly settings: InvariantSettings
  readonly truth: Truth
  readonly report: (invariant: number, text: string) => void
}

/** The part of the configuration that invariants depend on. */
export interface InvariantSettings {
  readonly health: (endpointId: string) => HealthSettings
  readonly failback: FailbackSettings
  readonly isSpread: boolean
  /** Active checks are on. */
  readonly isChecked: boolean
  /** Attempts of one call at the most. */
  readonly attempts: number
  readonly retryBudget: { readonly ratio: number; readonly burst: number }
  readonly poolMax: number
  readonly isEvictedOnConnectFailure: boolean
  /** The user's own code may call healthy endpoints sick, or choose as it likes. */
  readonly hasMoodyChecks: boolean
  /** The user's listeners act as operators. */
  readonly hasMeddlers: boolean
}

/** What the group cannot know for certain. */
export interface Truth {
  /** Since when nothing noticeable has been wrong with the server; `Infinity` while something is. */
  readonly wellSince: (endpointId: string) => number
  /** When our own event loop last stood still, and for how long. */
  readonly lastStall: () => { readonly from: number; readonly to: number }
  /** When an operator last asked for something. */
  readonly lastOperationAt: () => number
  /** Nothing has ever happened, and nothing will, that may be noticed. */
  readonly isHarmless: boolean
}

/** One or several of the project's invariants, told what happens and asked whether they still hold. */
export interface Invariant extends LedgerObserver {
  readonly name: string
  /** Before the model takes the event up. */
  readonly onEvent?: (event: FailoverEvent) => void
  /** After the model took it up, still within the group's own emission. */
  readonly afterEvent?: (event: FailoverEvent) => void
  /** After each step of the simulation: must be cheap. */
  readonly onStep?: () => void
  /** Now and then, with a snapshot. */
  readonly onLook?: (snapshot: GroupSnapshot) => void
}

export type InvariantFactory = (observed: Observed) => Invariant
