import type { DetectorSettings } from '../options/presets.ts'
import type { WindowTotals } from './sliding-window.ts'

/** What a rule judges. */
export interface FailureCounts extends WindowTotals {
  /** Failures since the last success. */
  readonly consecutiveFailures: number
}

/** What the rule needs of the settings; the window is the counter's affair. */
export type TripRule = Omit<DetectorSettings, 'window'>

/**
 * Whether the counts speak against the endpoint: so many failures in a row, or a high rate of failures once there are
 * enough calls, or enough failures, to judge it. By default 5 in a row, or 50 % of at least 20 calls; with `minFailures`
 * configured, only that number and the rate count, as in the failover modes of other Redis clients.
 */
export const isTripped = (rule: TripRule, { successes, failures, consecutiveFailures }: FailureCounts): boolean => {
  if (rule.consecutiveFailures !== undefined && consecutiveFailures >= rule.consecutiveFailures) return true
  const calls = successes + failures
  const judged = rule.counts === 'calls' ? calls : failures
  return calls > 0 && judged >= rule.minimum && failures >= rule.failureRate * calls
}

/**
 * Whether an episode that `isTripped` started is over: the rule is no longer met, and the rate of failures is at most half
 * of what the rule asks for. In between it lasts, or a rate about the limit would trip again and again.
 */
export const isRecovered = (rule: TripRule, counts: FailureCounts): boolean =>
  !isTripped(rule, counts) && counts.failures <= (rule.failureRate / 2) * (counts.successes + counts.failures)
