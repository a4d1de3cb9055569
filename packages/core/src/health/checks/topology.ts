import type { TopologyQuestion, TopologyReport } from '../../adapter/topology-report.ts'
import { type CheckResult, type HealthCheck, healthy, unhealthy } from '../health-check.ts'

/** The name of the check that every Cluster and Sentinel endpoint is put to. */
export const TOPOLOGY = 'topology'

/** The share of the probe's time that the servers get, so that a report about those that are silent still comes in time. */
const ANSWER_SHARE = 0.8

export interface TopologyCheckOptions {
  readonly examine: (question: TopologyQuestion) => Promise<TopologyReport>
  /** Milliseconds of the whole check. */
  readonly timeoutMs: number
  readonly minHealthyPrimaries: number | 'all'
}

/**
 * Asks a client that looks after several servers by itself what it finds when it looks at all of them. Takes the place of
 * `ping` there: a PING would be answered by any one server.
 */
export const topology = ({ examine, timeoutMs, minHealthyPrimaries }: TopologyCheckOptions): HealthCheck => ({
  name: TOPOLOGY,
  // A topology in order has a primary for every key, so it can do its work.
  capability: true,
  check: async ({ signal }) => {
    const report = await examine({ signal, timeoutMs: timeoutMs * ANSWER_SHARE })
    // Nobody answered at all, so it may be our own network that is at fault: thrown, which counts as not answered.
    if (report.answering === 0) throw new Error(report.message)
    return judgeTopology(report, minHealthyPrimaries)
  },
})

/** Whether a topology is in order. Pure. */
export const judgeTopology = (report: TopologyReport, minHealthyPrimaries: number | 'all'): CheckResult => {
  const needed = minHealthyPrimaries === 'all' ? report.primaries : minHealthyPrimaries
  if (!report.ok) return unhealthy(report.message)
  if (report.answering >= needed) return healthy()
  return unhealthy(`${report.answering} of ${report.primaries} primaries answer, ${needed} must: ${report.message}`)
}
