import { SimulationLog } from './log.ts'
import { drawPlan, type PlanWishes } from './plan/plan.ts'
import { Simulation } from './simulation.ts'

/** Something that must never happen, and did. */
export interface Violation {
  /** The number of the invariant, as in `docs/guides/simulate.md`. */
  readonly invariant: number
  /** Virtual milliseconds since the start. */
  readonly at: number
  readonly text: string
  /** The step of the simulation. */
  readonly step: number
}

export interface SimulateOptions extends PlanWishes {
  /** Everything follows from it: equal seeds have equal logs. */
  readonly seed: number | string
  /** Virtual minutes under faults, before everything heals. Default 10. */
  readonly minutes?: number
  /** Keep the whole log, not only its end. Default false. */
  readonly keepLog?: boolean
}

/** What one simulation showed. */
export interface SimulationReport {
  readonly seed: number | string
  /** Nothing that must not happen did. */
  readonly violations: readonly Violation[]
  /** Callbacks that ran, each followed by a look at the invariants. */
  readonly steps: number
  /** Virtual milliseconds in all. */
  readonly virtualMs: number
  /** A hash over the whole log: equal for equal seeds. */
  readonly hash: string
  /** Its latest lines, or all with `keepLog`. */
  readonly log: readonly string[]
  /** How often what happened: switches, faults, operations, calls by what became of them. */
  readonly counts: Readonly<Record<string, number>>
}

/**
 * Runs a failover group through random faults on a virtual clock, with a workload and operators, and looks at every
 * invariant after every step. The group is the real one; the servers are scripted. The same seed does the same again.
 *
 * ```ts
 * const { violations, log } = await simulate({ seed: 7, minutes: 5, group: { selection: myStrategy } })
 * ```
 *
 * @throws ConfigurationError where `group` is not valid
 */
export const simulate = async (options: SimulateOptions): Promise<SimulationReport> => {
  const { seed, minutes = 10, keepLog = false, ...wishes } = options
  const simulation = new Simulation(seed, drawPlan(seed, wishes), new SimulationLog({ keepAll: keepLog }))
  await simulation.run(minutes * 60_000)
  return simulation.report()
}
