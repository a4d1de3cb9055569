export const strategyNames = [
  'firstAvailable',
  'preferZone',
  'nearest',
  'roundRobin',
  'random',
  'weighted',
  'weightedByLatency',
  'leastInFlight',
] as const
export type StrategyName = (typeof strategyNames)[number]

export interface SelectionRequest {
  readonly strategy: StrategyName
  /** Numbers of endpoints. */
  readonly sizes: readonly number[]
  readonly rounds: number
  readonly choicesPerRound: number
  readonly changesPerRound: number
}

export interface SelectionResult {
  readonly strategy: StrategyName
  readonly endpoints: number
  /** A whole choice, as a client makes it for a command: nanoseconds of CPU, median of the rounds. */
  readonly choiceNs: number
  /** The least of the rounds: what noise only adds to. */
  readonly fastestChoiceNs: number
  /** The strategy's part of it. */
  readonly pickerNs: number
  /** Bytes of heap that a choice allocates. */
  readonly bytesPerChoice: number
  /** From a change of one endpoint to the new prepared choice. */
  readonly changeMicroseconds: number
}

export const selectionSizes = [2, 10, 100, 1000] as const

/** A process for one strategy: a young generation that is not collected while allocations are counted. */
export const selectionNodeOptions = ['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256']
