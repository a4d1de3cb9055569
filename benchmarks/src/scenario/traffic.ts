import {
  ambiguous,
  failed,
  findExecutionFaults,
  type Load,
  type LoadReport,
  startLoad,
  unsettled,
} from '@redis-endpoint-failover/testkit/load'
import type { Measure } from '../measure/verdict.ts'
import type { ServerPair } from './server-pair.ts'
import type { Session } from './session.ts'

export const trafficText = '200 reads/s and 50 INCRs/s'

/** The load of all figures with traffic. */
export const startTraffic = ({ client }: Session): Load =>
  startLoad({
    get: (key) => client.get(key),
    incr: (key) => client.incr(key),
    readsPerSecond: 200,
    incrsPerSecond: 50,
  })

/** What is measured of the commands wherever an endpoint is lost. */
export const commandMeasures = {
  failedReads: { label: 'reads failed', rule: 'count', bound: 0 },
  ambiguousIncrs: { label: 'INCRs ambiguous', rule: 'information', bound: 0 },
  wronglyFailedIncrs: { label: 'INCRs failed that were not in flight', rule: 'count', bound: 0 },
  executedTwice: { label: 'INCRs executed twice', rule: 'count', bound: 0 },
  untrueReplies: { label: 'INCRs lost after their reply, or executed after a denial', rule: 'count', bound: 0 },
  unsettled: { label: 'commands never settled', rule: 'count', bound: 0 },
} as const satisfies Record<string, Measure>

type CommandValues = Record<keyof typeof commandMeasures, number>

/**
 * Judges every command of a load.
 *
 * @param lostUntil until when a command may have been in flight on what was lost: the moment of the switch
 */
export async function judgeCommands(
  report: LoadReport,
  servers: ServerPair,
  lostUntil: number,
): Promise<CommandValues> {
  const uncertain = ambiguous(report.incrs)
  const inFlight = uncertain.filter(({ sentAt }) => sentAt <= lostUntil)
  const faults = await findExecutionFaults([servers.east, servers.west], report)
  return {
    failedReads: failed(report.reads).length,
    ambiguousIncrs: uncertain.length,
    wronglyFailedIncrs: failed(report.incrs).length - inFlight.length,
    executedTwice: faults.repeated.length,
    untrueReplies: faults.lost.length + faults.denied.length,
    unsettled: unsettled(report.reads).length + unsettled(report.incrs).length,
  }
}
