import type { SimulationReport } from '@redis-endpoint-failover/core/testing'

/** What a worker sends of one simulation: its report, with the log only where something was violated. */
export interface SeedReport extends SimulationReport {
  /** It did not come to its end: the error. */
  readonly crashed?: string
}

/** The sums over all simulations so far. */
export class Totals {
  readonly startedAt = process.hrtime.bigint()
  readonly counts = new Map<string, number>()
  readonly failed: SeedReport[] = []
  done = 0
  steps = 0
  virtualMs = 0

  add(report: SeedReport): void {
    this.done += 1
    this.steps += report.steps
    this.virtualMs += report.virtualMs
    for (const [what, count] of Object.entries(report.counts))
      this.counts.set(what, (this.counts.get(what) ?? 0) + count)
    if (report.violations.length > 0 || report.crashed !== undefined) this.failed.push(report)
  }

  get realSeconds(): number {
    return Number(process.hrtime.bigint() - this.startedAt) / 1e9
  }
}
