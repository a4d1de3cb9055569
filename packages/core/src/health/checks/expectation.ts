import { type CheckResult, healthy, unhealthy } from '../health-check.ts'
import { isCheckResult } from '../run-check.ts'

/** Turns what a user's `expect` returned into a result. Throws on anything else than a boolean or a `CheckResult`. */
export const judgeExpectation = (subject: string, returned: boolean | CheckResult): CheckResult => {
  if (returned === true) return healthy()
  if (returned === false) return unhealthy(`${subject} is not what was expected`)
  if (isCheckResult(returned)) return returned
  throw new TypeError(
    `expect must return true, false, healthy() or unhealthy(reason); for ${subject} it returned something else.`,
  )
}
