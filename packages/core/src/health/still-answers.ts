import type { HealthCheck } from './health-check.ts'
import type { ProbeConnection } from './monitor-ports.ts'
import { probe } from './probe.ts'
import type { ProbeTarget } from './probe-target.ts'

/** Whether an established connection answers the checks now. A part of another probe, so nothing is told of its own. */
export const stillAnswers = async (
  { endpoint, settings, stalls, ports }: ProbeTarget,
  connection: ProbeConnection,
  checks: readonly HealthCheck[],
  signal: AbortSignal,
): Promise<boolean> => {
  const { ok } = await probe({
    connection,
    checks,
    endpoint: endpoint(),
    timeoutMs: settings().timeout,
    stalls,
    signal,
    peers: ports.peers,
    evidenceOf: ports.evidenceOf,
    onStarted: () => undefined,
  })
  return ok && !signal.aborted
}
