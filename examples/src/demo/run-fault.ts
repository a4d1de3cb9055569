import { setTimeout as sleep } from 'node:timers/promises'
import type { DemoGroup } from './clients/demo-client.ts'
import type { Fault, World } from './faults/fault.ts'
import { preferredId } from './settings.ts'
import { boundsOf, toleratedMs } from './verdict/bounds.ts'
import type { Observation } from './verdict/observation.ts'

/** Longer than any bound: what has not happened by then counts as never. */
const PATIENCE_MS = 5000
/** Quiet time after each fault. */
const REST_MS = 500

/** Does one fault and heals it again; resolves when the preferred endpoint serves again, or should long have. */
export async function runFault(fault: Fault, world: World, deaths: number, signal: AbortSignal): Promise<Observation> {
  const { group, timeline, victim } = world
  const startedAt = performance.now()
  const seen = (matches: Fault['isDetected'], since: number): Promise<number | undefined> =>
    timeline.first((event) => matches(event, victim.name), since, PATIENCE_MS, signal)

  const faultAt = await fault.inject(world)
  const detectedAt = await seen(fault.isDetected, faultAt)
  const provokedAt = fault.provoke === undefined ? undefined : performance.now()
  const lostAt = (await fault.provoke?.(world)) ?? faultAt
  const early = fault.switchesAfterHeal === true ? undefined : await seen(fault.isSwitched, provokedAt ?? faultAt)
  await sleep(fault.holdMs, undefined, { signal })
  const healedAt = await fault.heal(world)
  const switchedAt = fault.switchesAfterHeal === true ? await seen(fault.isSwitched, faultAt) : early

  const soFar: Observation = {
    fault: fault.name,
    startedAt,
    faultAt,
    detectedAt,
    provokedAt,
    switchableAt: fault.switchesAfterHeal === true ? healedAt : lostAt,
    switchedAt,
    healedAt,
    backAt: undefined,
    endedAt: healedAt,
    deaths,
    stalledMs: 0,
  }
  const patience = toleratedMs(boundsOf(soFar).backMs) + 1000
  const backAt = await timeline.reached(() => isPreferredServing(group), patience, signal)
  await sleep(REST_MS, undefined, { signal })
  const endedAt = performance.now()
  return { ...soFar, backAt, endedAt, stalledMs: timeline.stalledMs(startedAt, endedAt) }
}

const isPreferredServing = (group: DemoGroup): boolean =>
  group.snapshot().endpoints.some(({ id, active, state }) => id === preferredId && active && state === 'up')
