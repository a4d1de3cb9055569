import type { EventName } from '../../../events/event-map.ts'
import type { FailoverGroup } from '../../../failover-group.ts'
import { ping } from '../../../health/checks/ping.ts'
import { type HealthCheck, healthy, unhealthy } from '../../../health/health-check.ts'
import { normalizeCheck } from '../../../health/run-check.ts'
import type { HealthOptions } from '../../../options/group-options.ts'
import type { SelectionStrategy } from '../../../selection/selection-strategy.ts'
import { firstAvailable } from '../../../selection/strategies/first-available.ts'
import { roundRobin } from '../../../selection/strategies/round-robin.ts'
import type { Draw } from '../plan/draw.ts'
import type { HostilityKind } from '../plan/features.ts'
import type { SimulatedGroupOptions } from '../plan/plan.ts'
import type { SimulatedGroup } from './simulated-group.ts'

/** Checks of the user's that make an endpoint DOWN for no fault of its own. */
export const makesFalseDowns = (hostilities: readonly HostilityKind[]): boolean =>
  hostilities.some((kind) => kind.endsWith('-check'))

/** The configuration with the user's own code in it that misbehaves. */
export const withHostileCode = (
  options: SimulatedGroupOptions,
  hostilities: readonly HostilityKind[],
  draw: Draw,
): SimulatedGroupOptions => {
  const selection = hostileStrategy(options.selection ?? firstAvailable(), hostilities, draw)
  const checks = hostileChecks(hostilities, draw)
  if (checks.length === 0 || options.health === false) return { ...options, selection }
  const { check = [], ...health }: HealthOptions = options.health ?? {}
  const mine = (Array.isArray(check) ? check : [check]).map(normalizeCheck)
  const own = mine.length > 0 ? mine : [ping()]
  return { ...options, selection, health: { ...health, check: [...own, ...checks] } }
}

const hostileStrategy = (
  inner: SelectionStrategy,
  hostilities: readonly HostilityKind[],
  draw: Draw,
): SelectionStrategy => {
  const isMine = hostilities.some((kind) => kind.endsWith('-strategy'))
  if (!isMine) return inner
  const prepared = typeof inner === 'function' ? roundRobin() : inner
  return {
    mode: prepared.mode,
    name: 'hostile',
    prepare: (candidates, context) => {
      if (hostilities.includes('throwing-strategy') && draw.chance(0.2)) throw new Error('a strategy that throws')
      const pick = prepared.prepare(candidates, context)
      return () => {
        if (hostilities.includes('undecided-strategy') && draw.chance(0.05)) return undefined
        if (hostilities.includes('illegal-strategy') && draw.chance(0.2)) return { ...candidates[0]!, id: 'nobody' }
        return pick()
      }
    },
  }
}

const hostileChecks = (hostilities: readonly HostilityKind[], draw: Draw): HealthCheck[] => {
  const checks: HealthCheck[] = []
  if (hostilities.includes('throwing-check'))
    checks.push({
      name: 'throwing',
      check: () => {
        if (draw.chance(0.1)) throw new Error('a check that throws')
        return healthy()
      },
    })
  if (hostilities.includes('hanging-check'))
    checks.push({
      name: 'hanging',
      governs: 'eligibility',
      check: () => (draw.chance(0.1) ? new Promise<never>(() => {}) : healthy()),
    })
  if (hostilities.includes('moody-check'))
    checks.push({ name: 'moody', check: () => (draw.chance(0.05) ? unhealthy('not in the mood') : healthy()) })
  return checks
}

const TROUBLED: readonly EventName[] = ['health-changed', 'failover', 'failback', 'activated', 'check-failed', 'pinned']

/** Listeners that throw, reject, or do something to the group that they listen to. */
export const addHostileListeners = (
  { group, violate }: Pick<SimulatedGroup, 'group' | 'violate'>,
  hostilities: readonly HostilityKind[],
  draw: Draw,
): void => {
  const listen = (listener: () => unknown): void => {
    for (const name of TROUBLED) (group as FailoverGroup).on(name, listener as () => void)
  }
  if (hostilities.includes('throwing-listener'))
    listen(() => {
      if (draw.chance(0.3)) throw new Error('a listener that throws')
    })
  if (hostilities.includes('rejecting-listener'))
    listen(async () => {
      if (draw.chance(0.3)) throw new Error('a listener that rejects')
    })
  if (hostilities.includes('meddling-listener'))
    listen(() => {
      if (!draw.chance(0.2) || group.lifecycle === 'closed') return
      const id = draw.pick(
        group
          .snapshot()
          .endpoints.map((endpoint) => endpoint.id)
          .concat('nobody'),
      )
      const meddle = draw.pick([
        () => group.switchTo(id, { force: true, pin: false }),
        () => group.unpin(),
        () => group.drain(id, { drainTimeout: 0 }).then(() => group.resume(id)),
        () => group.update(id, { weight: draw.integer(0, 3) }),
        () => group.snapshot(),
      ])
      try {
        Promise.resolve(meddle()).catch(() => {})
      } catch (error) {
        violate(27, `a listener met ${error}`)
      }
    })
}
