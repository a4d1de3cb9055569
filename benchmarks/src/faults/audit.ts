import type { RedisServer } from '@redis-endpoint-failover/test-infra'
import { countExecutions, findExecutionFaults, type LoadReport, unsettled } from '@redis-endpoint-failover/testkit/load'
import type { Measure } from '../measure/verdict.ts'

export interface AuditOptions {
  /** The servers replicate from each other: an execution is seen on all of them, so each is counted for itself. */
  readonly replicated?: boolean
  /** The fault takes data away, so that what was acknowledged may be gone afterwards. */
  readonly losesData?: boolean
}

/** What must hold in every run of every row, beside what the row itself measures. */
export const auditMeasures = {
  unexpected: { label: 'expectations not met', rule: 'count', bound: 0 },
  executedTwice: { label: 'writes executed twice', rule: 'count', bound: 0 },
  untrueReplies: { label: 'writes lost after their reply, or executed after a denial', rule: 'count', bound: 0 },
  unsettled: { label: 'commands never settled', rule: 'count', bound: 0 },
  leaked: { label: 'handles leaked', rule: 'count', bound: 0 },
} as const satisfies Record<string, Measure>

export const isAuditMeasure = (label: string): boolean =>
  Object.values(auditMeasures).some((measure) => measure.label === label)

/** What the servers say that they executed, against what the callers were told. The servers must be up. */
export async function auditLoads(
  servers: readonly RedisServer[],
  reports: readonly LoadReport[],
  { replicated = false, losesData = false }: AuditOptions = {},
): Promise<Record<'executedTwice' | 'untrueReplies' | 'unsettled', number>> {
  const sums = { executedTwice: 0, untrueReplies: 0, unsettled: 0 }
  for (const report of reports) {
    const { repeated, lost, denied } = await findExecutionFaults(servers, report)
    sums.unsettled += unsettled(report.reads).length + unsettled(report.incrs).length
    sums.executedTwice += replicated ? await repeatedOnOne(servers, report) : repeated.length
    sums.untrueReplies += denied.length + (losesData ? 0 : lost.length)
  }
  return sums
}

async function repeatedOnOne(servers: readonly RedisServer[], report: LoadReport): Promise<number> {
  const executions = await countExecutions(
    servers,
    report.incrs.map(({ id }) => id),
  )
  return executions.filter(({ byServer }) => Object.values(byServer).some((count) => count > 1)).length
}
