import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '@redis-endpoint-failover/test-infra'
import { countExecutions, startLoad } from '@redis-endpoint-failover/testkit/load'
import type { ClientName } from '../client/benchmark-client.ts'
import { loadClient } from '../client/index.ts'
import { StallWatch } from '../measure/stall-watch.ts'
import type { ContenderName } from './contender.ts'
import { contenders } from './contenders.ts'
import { type CommandCounts, countCommands } from './count-commands.ts'
import { type FaultName, failoverFaults } from './failover-faults.ts'
import { isServed, lengthOf, timeWithoutService } from './service.ts'

/** One fault done to one contender. Can be sent to a process. */
export interface FailoverRequest {
  readonly client: ClientName
  readonly contender: ContenderName
  readonly fault: FaultName
  /** How long a crash or a hang lasts, in milliseconds. */
  readonly outageMs: number
  /** From 0 (included) to 1 (excluded), spread over the rounds: when in the period of the checks the fault begins. */
  readonly share: number
}

export interface FailoverRun extends CommandCounts {
  /** Milliseconds; Infinity where there was no service again when the run ended. */
  readonly withoutServiceMs: number
  /** Service came back only after the fault was over. */
  readonly onlyAfterwards: boolean
  /** The measuring process itself stood still meanwhile. */
  readonly stalled: boolean
}

/** The same for everybody. */
export const readsPerSecond = 200
export const incrsPerSecond = 50

const warmUpMs = 800
/** The longest period of any check here: HAProxy's own. */
const longestPeriodMs = 2000
const servedForMs = 1000
/** A client alone waits up to 5 s until it tries to connect again. */
const servedWithinMs = 8000
const settleTimeout = 5000

/** Starts everything, does the fault to it under load, and asks the servers what they executed. */
export async function runFailover(request: FailoverRequest): Promise<FailoverRun> {
  const { client, contender, fault, outageMs, share } = request
  using stalls = new StallWatch()
  const arena = await contenders[contender].open(await loadClient(client), stalls)
  try {
    const { commands, active } = arena
    let inFlight = 0
    const counted = async (sent: Promise<unknown>): Promise<unknown> => {
      inFlight++
      try {
        return await sent
      } finally {
        inFlight--
      }
    }
    const load = startLoad({
      get: (key) => counted(commands.get(key)),
      incr: (key) => counted(commands.incr(key)),
      readsPerSecond,
      incrsPerSecond,
    })
    await sleep(warmUpMs + share * longestPeriodMs)
    if (!isServed(load.report(), performance.now(), warmUpMs / 2)) throw new Error('There was no service to interrupt.')
    const span = await failoverFaults[fault].inject(active, { outageMs, inFlight: () => inFlight })
    await sleep(servedForMs)
    await eventually(() => isServed(load.report(), performance.now(), servedForMs), {
      timeout: servedWithinMs,
      interval: 200,
    }).catch(() => undefined)
    const report = await load.stop({ settleTimeout })
    const outage = timeWithoutService(report, span.from, report.endedAt)
    const ids = report.incrs.map(({ id }) => id)
    return {
      withoutServiceMs: lengthOf(outage),
      onlyAfterwards: outage.to > span.to,
      stalled: stalls.stalledBetween(span.from, Math.min(outage.to, report.endedAt)),
      ...countCommands(report, await countExecutions(await arena.counted(), ids)),
    }
  } finally {
    await arena.stop()
  }
}
