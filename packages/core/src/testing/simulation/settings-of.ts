import type { ResolvedOptions } from '../../options/resolve-options.ts'
import type { InvariantSettings } from './invariants/invariant.ts'
import { HARMLESS_FAULTS } from './plan/features.ts'
import type { SimulationPlan } from './plan/plan.ts'
import { makesFalseDowns } from './world/hostile-code.ts'

/** What the invariants need to know of the configuration. */
export const settingsOf = (resolved: ResolvedOptions, plan: SimulationPlan, isSpread: boolean): InvariantSettings => {
  const byId = new Map(resolved.endpoints.map(({ id, health }) => [id, health]))
  const any = [...byId.values()][0]
  return {
    health: (id) => {
      const health = byId.get(id) ?? any
      if (health === undefined) throw new RangeError(`There is no endpoint "${id}".`)
      return health
    },
    failback: resolved.failback,
    isSpread,
    isChecked: resolved.checks.length > 0,
    attempts: resolved.retry.attempts,
    retryBudget: { ratio: resolved.retry.budget, burst: resolved.retry.retryBurst },
    poolMax: resolved.pool.max,
    isEvictedOnConnectFailure: resolved.evictOnConnectFailure,
    hasMoodyChecks: makesFalseDowns(plan.hostilities),
    hasMeddlers: plan.hostilities.includes('meddling-listener'),
  }
}

/** Whether nothing in the plan may have any consequence for health: then there is no DOWN and no switch. */
export const isHarmless = (plan: SimulationPlan, { isChecked }: InvariantSettings): boolean => {
  // Without checks, the application's own time-outs are evidence, and a short deadline makes them.
  const isTimeless = plan.group.commandTimeout === undefined && !plan.limitsCalls
  return plan.faults.every((kind) => HARMLESS_FAULTS.has(kind)) && (isChecked || isTimeless)
}
