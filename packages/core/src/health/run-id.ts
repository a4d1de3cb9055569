import type { StallDetector } from '../runtime/stall-detector.ts'
import type { ProbeConnection } from './monitor-ports.ts'
import { within } from './probe.ts'

/** The server's `run_id`, by which two endpoints are known to be one server; `undefined` where it does not tell in time. */
export const readRunId = async (
  connection: ProbeConnection,
  timeoutMs: number,
  stalls: StallDetector,
): Promise<string | undefined> => {
  const info = await within(stalls, timeoutMs, (command) => command(['INFO', 'server']), connection)
  return typeof info === 'string' || Buffer.isBuffer(info) ? /\brun_id:(\w+)/.exec(String(info))?.[1] : undefined
}
