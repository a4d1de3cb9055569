import type { RedisServer } from '@redis-endpoint-failover/test-infra'
import {
  type CountedServer,
  countExecutions,
  findExecutionFaults,
  type LoadReport,
  succeeded,
  unsettled,
} from '@redis-endpoint-failover/testkit/load'
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
  // A row may have several pairs, of the same names.
  const counted = servers.map((server, index) => ({
    name: `${index} ${server.name}`,
    command: (...args: (string | number)[]) => server.command(...args),
  }))
  const sums = { executedTwice: 0, untrueReplies: 0, unsettled: 0 }
  for (const report of reports) {
    const { repeated, lost, denied } = await findExecutionFaults(counted, report)
    sums.unsettled += unsettled(report.reads).length + unsettled(report.incrs).length
    // Every key is incremented once, so a reply above 1 tells of a second execution, whatever the servers still know.
    const toldTwice = succeeded(report.incrs).filter(({ reply }) => reply !== 1).length
    sums.executedTwice += Math.max(replicated ? await repeatedOnOne(counted, report) : repeated.length, toldTwice)
    sums.untrueReplies += denied.length + (losesData ? 0 : lost.length)
  }
  return sums
}

async function repeatedOnOne(servers: readonly CountedServer[], report: LoadReport): Promise<number> {
  const executions = await countExecutions(
    servers,
    report.incrs.map(({ id }) => id),
  )
  return executions.filter(({ byServer }) => Object.values(byServer).some((count) => count > 1)).length
}
