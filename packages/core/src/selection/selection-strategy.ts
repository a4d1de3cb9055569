import type { Endpoint } from '../endpoint/endpoint.ts'
import type { Random } from '../runtime/random.ts'

/** What a choice is for. */
export type Operation = 'read' | 'write'

/** What a strategy knows beside the candidates. */
export interface SelectionContext {
  readonly operation: Operation
  /** The endpoint in use now, if there is one and it is still a candidate. */
  readonly active: Endpoint | undefined
  /** The candidate of the highest weight, by configuration order among equals. */
  readonly preferred: Endpoint | undefined
  /** The application's own zone, where it was configured. */
  readonly zone: string | undefined
  /** Monotonic milliseconds. */
  readonly now: number
  readonly random: Random
}

/**
 * Chooses among the endpoints that are fit. Called when something changes, never for each command; its choice is kept
 * until then ("sticky"), and a voluntary move away from the active endpoint waits for the hold-down. `undefined` means
 * that none fits.
 *
 * Candidates are in order of preference (weight, then configuration order) and never empty.
 */
export type SelectionFunction = (candidates: readonly Endpoint[], context: SelectionContext) => Endpoint | undefined

/** A choice that was prepared when something changed, and is asked for each command: it should allocate nothing. */
export type Picker = () => Endpoint | undefined

/**
 * The prepared form. `mode: 'spread'` is asked for each command; `prepare` runs when the candidates change, and at most
 * once a second otherwise.
 */
export interface PreparedStrategy {
  readonly mode: 'sticky' | 'spread'
  /** For messages and snapshots. */
  readonly name?: string
  readonly prepare: (candidates: readonly Endpoint[], context: SelectionContext) => Picker
}

/** A plain function is a sticky strategy. */
export type SelectionStrategy = SelectionFunction | PreparedStrategy
