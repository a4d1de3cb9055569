/** What a repeat needs of its group. */
export interface RepeatPorts {
  /** One repeat against an endpoint that is up; false when the budget is used up. */
  readonly takeFromBudget: () => boolean
  /** Whether the endpoint loses connection after connection although it lives. */
  readonly keepsLosing: (endpointId: string) => boolean
  readonly onRetry: (payload: {
    endpointId: string
    command: string
    attempt: number
    outcome: 'unsent' | 'rejected' | 'ambiguous'
    delayMs: number
  }) => void
  readonly onBudgetExhausted: (endpointId: string, command: string) => void
}

/** The attempt that is to be repeated: which it was, and what it failed with. */
export interface RepeatedAttempt extends Omit<Parameters<RepeatPorts['onRetry']>[0], 'delayMs'> {
  readonly error: unknown
}

/** Takes one repeat from the budget, and says so; throws the attempt's error, marked, where the budget is used up. */
export const beginRepeat = (
  ports: RepeatPorts,
  { error, ...attempt }: RepeatedAttempt,
  { free, delayMs }: { readonly free: boolean; readonly delayMs: number },
): void => {
  if (!free && !ports.takeFromBudget()) {
    ports.onBudgetExhausted(attempt.endpointId, attempt.command)
    if (typeof error === 'object' && error !== null && Object.isExtensible(error))
      Object.assign(error, { retryBudgetExhausted: true })
    throw error
  }
  ports.onRetry({ ...attempt, delayMs })
}
