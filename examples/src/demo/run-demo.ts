import { setTimeout as sleep } from 'node:timers/promises'
import { findExecutionFaults, type LoadReport, unsettled } from '@redis-endpoint-failover/testkit/load'
import { faults } from './faults/index.ts'
import { keepRunning } from './keep-running.ts'
import type { DemoOptions } from './options.ts'
import type { DemoResult } from './result.ts'
import { runFault } from './run-fault.ts'
import { repairServers, startThreeServers, stopServers } from './servers.ts'
import { Session } from './session.ts'
import { type EndpointId, endpointIds, load, preferredId, shortened, shortenedText } from './settings.ts'
import { boundsOf } from './verdict/bounds.ts'
import type { Observation } from './verdict/observation.ts'
import { tally } from './verdict/tally.ts'
import { judge } from './verdict/verdict.ts'
import type { View } from './view/view.ts'

/** What is not done by then is given up, so that the demo ends within 90 s. */
const TIME_LIMIT_MS = 78_000
const WARM_UP_MS = 1500
const SETTLE_MS = 6000

/** The whole demo. Rejects with the signal's reason when it is interrupted; nothing is left running then either. */
export async function runDemo(
  options: DemoOptions,
  view: View,
  interrupt: AbortSignal,
  report: (result: DemoResult) => void,
): Promise<void> {
  view.line('starting three Redis servers')
  const servers = await startThreeServers()
  try {
    interrupt.throwIfAborted()
    await using session = await Session.open(options.client, servers, view)
    view.line(`load: ${load.reads} reads/s and ${load.incrs} unique INCRs/s through one ${options.client} client`)
    view.line('all settings are the defaults, but for two waits that are shortened to save time:')
    for (const text of shortenedText) view.line(`  ${text}`)
    report(await breakEverything(session, options, view, interrupt))
    if (options.keepRunning) await keepRunning(session, view, interrupt)
  } finally {
    await stopServers(servers)
  }
}

async function breakEverything(
  session: Session,
  options: DemoOptions,
  view: View,
  interrupt: AbortSignal,
): Promise<DemoResult> {
  const signal = AbortSignal.any([interrupt, AbortSignal.timeout(TIME_LIMIT_MS)])
  const running = session.startLoad()
  try {
    await sleep(WARM_UP_MS, undefined, { signal })
    const observations = await observe(session, view, signal)
    interrupt.throwIfAborted()
    const loadReport = await running.stop({ settleTimeout: SETTLE_MS })
    view.line('counting on the servers how often each INCR was executed')
    await repairServers(session.servers)
    return await assess(session, options, observations, loadReport)
  } finally {
    if (interrupt.aborted) void running.stop({ settleTimeout: 0 })
  }
}

/** Does the faults one after another, until all are done or the time is up. */
async function observe(session: Session, view: View, signal: AbortSignal): Promise<Observation[]> {
  const { servers, timeline, client } = session
  const observations: Observation[] = []
  let deaths = 0
  for (const fault of faults) {
    const active = endpointIds.find((id) => id === client.group.active) ?? preferredId
    session.running = fault
    if (fault.isDeath && active === preferredId) deaths++
    view.line(`--- ${fault.title}: ${active}`)
    try {
      const world = { group: client.group, servers, victim: servers[active satisfies EndpointId], timeline }
      observations.push(await runFault(fault, world, deaths, signal))
    } catch (error) {
      if (!signal.aborted) throw error
      return observations
    }
  }
  session.running = 'all done'
  return observations
}

async function assess(
  session: Session,
  options: DemoOptions,
  observations: readonly Observation[],
  loadReport: LoadReport,
): Promise<DemoResult> {
  const servers = endpointIds.map((id) => session.servers[id])
  const { repeated, lost, denied } = await findExecutionFaults(servers, loadReport)
  const repeatedIds = new Set(repeated.map(({ id }) => id))
  const verdicts = observations.map((seen) => judge(seen, tally(seen, loadReport, repeatedIds), boundsOf(seen)))
  const missing = faults.map(({ name }) => name).filter((name) => verdicts.every(({ fault }) => fault !== name))
  const clean = repeated.length + lost.length + denied.length === 0 && unsettled(loadReport.incrs).length === 0
  return {
    client: options.client,
    ok: clean && missing.length === 0 && verdicts.every(({ ok }) => ok),
    elapsedMs: performance.now() - session.startedAt,
    shortened,
    verdicts,
    missing,
    reads: loadReport.reads.length,
    writes: loadReport.incrs.length,
    executedTwice: repeated.length,
    lostWrites: lost.length,
    deniedWrites: denied.length,
    stalledMs: session.timeline.stalledMs(0, Infinity),
  }
}
