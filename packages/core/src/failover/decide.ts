import type { Endpoint } from '../endpoint/endpoint.ts'
import type { SwitchReason } from '../events/event-map.ts'
import { graceTimeMs, isLive, steadyMs } from '../health/health-state.ts'
import type { Choose, Decision, DecisionView, EndpointView } from './decision-view.ts'
import { graceMs } from './hold-down.ts'

/** Good probes since the endpoint came up before a voluntary move to it. A strike in between takes none away. */
const GOOD_PROBES_BEFORE_FAILBACK = 3

/**
 * What should be, from the whole state: stay, or switch to whom and why. Level-triggered: it is asked after every change
 * and does not care which one, so no event can be missed and no order of failures can leave it stuck. Pure.
 *
 * Forward failover is immediate; voluntary moves wait for the grace. See sections 7 and 8 of the semantics,
 * `docs/concepts/failover.md`.
 */
export const decide = (view: DecisionView, now: number, choose: Choose): Decision => {
  const active = view.endpoints.find((candidate) => candidate.endpoint.id === view.activeId)
  if (active === undefined)
    return view.activeId === undefined ? activate(view, now, choose) : { kind: 'deactivate', reason: 'removed' }
  const unfit = unfitness(active, view)
  return unfit === undefined
    ? considerVoluntaryMove(view, active, now, choose)
    : forward(view, active, unfit, now, choose)
}

/** Why the active endpoint has to be left if another can take over; `undefined` while it is fit. */
export const unfitness = (
  { health }: EndpointView,
  view: Pick<DecisionView, 'evictOnConnectFailure'>,
): SwitchReason | undefined => {
  if (health.operator === 'removed') return 'removed'
  if (health.operator === 'draining') return 'draining'
  if (health.phase.kind === 'unknown') return 'reconfigured'
  if (!isLive(health)) return 'down'
  if (health.stalePrimary !== undefined) return 'stale-primary'
  if (!health.writable) return 'not-writable'
  if (health.dataConnectionLost) return 'connections-refused'
  if (view.evictOnConnectFailure && !health.acceptsConnections) return 'connections-refused'
  return undefined
}

/**
 * The endpoints that commands may be moved to, best level first: up, then suspect, then those that can only be read.
 * Levels are never mixed: nothing suspect while anything is up.
 */
export const targetLevels = (endpoints: readonly EndpointView[]): readonly (readonly EndpointView[])[] => {
  const targets = endpoints.filter(
    ({ health }) =>
      health.operator === 'in-service' &&
      health.acceptsConnections &&
      health.notEligible === undefined &&
      // Not even as the last one that lives: what is written there is lost when it is demoted. Who accepts that has `force`.
      health.stalePrimary === undefined &&
      isLive(health),
  )
  const writable = targets.filter(({ health }) => health.writable)
  return [
    writable.filter(({ health }) => health.phase.kind === 'up'),
    writable.filter(({ health }) => health.phase.kind === 'suspect'),
    targets.filter(({ health }) => !health.writable),
  ]
}

const bestLevel = (endpoints: readonly EndpointView[]): readonly EndpointView[] =>
  targetLevels(endpoints).find((level) => level.length > 0) ?? []

// A loss that is being confirmed is decided within a round trip: who may have died with the active endpoint is no target.
const isCertain = ({ health }: EndpointView): boolean => !health.confirming

const stay = (recheckAt?: number, observerSuspect = false): Decision => ({ kind: 'stay', observerSuspect, recheckAt })

const endpointsOf = (views: readonly EndpointView[]): readonly Endpoint[] =>
  views.map((candidate) => candidate.endpoint)

const activate = (view: DecisionView, now: number, choose: Choose): Decision => {
  const candidates = bestLevel(view.endpoints.filter(isCertain))
  if (candidates.length === 0) return stay()
  const chosen = choose(endpointsOf(candidates), undefined)
  if (chosen === undefined) return stay()
  if (!view.started) {
    const wait = waitForBetter(view, chosen, now)
    if (wait !== undefined) return stay(wait)
  }
  return { kind: 'switch', to: chosen.id, reason: view.started ? 'recovered' : 'start', voluntary: false, graceMs: 0 }
}

// At start, an endpoint that ranks higher gets the time of one probe to show itself, so that the first choice is not
// a matter of which handshake was quicker. Where the chosen one takes no writes, any other might be better.
const waitForBetter = (view: DecisionView, chosen: Endpoint, now: number): number | undefined => {
  for (const candidate of view.endpoints) {
    const { health, timeout } = candidate
    if (candidate.endpoint.id === chosen.id && health.writable) return undefined
    const until = (view.firstUpAt ?? now) + timeout
    if (health.operator === 'in-service' && !health.hadOutcome && now < until) return until
  }
  return undefined
}

const forward = (
  view: DecisionView,
  active: EndpointView,
  reason: SwitchReason,
  now: number,
  choose: Choose,
): Decision => {
  const others = view.endpoints.filter((candidate) => candidate !== active && isCertain(candidate))
  const { phase } = active.health
  const soft = reason === 'down' && phase.kind === 'down' && phase.soft
  if (soft && now < guardEnd(view, active)) return stay(guardEnd(view, active))
  // The active endpoint merely does not answer, and that may be our own network's fault. So only an endpoint that has
  // answered since the trouble began takes over; all were asked at its first sign.
  const trouble = active.health.troubleSince ?? now
  const eligible =
    soft && view.activeChecks ? others.filter(({ health }) => (health.lastSuccessAt ?? -Infinity) >= trouble) : others
  // Whoever can still be read is not left for one that cannot be written either.
  const isReadable = reason === 'not-writable' || reason === 'stale-primary'
  const levels = isReadable ? targetLevels(eligible).slice(0, 2) : targetLevels(eligible)
  const candidates = levels.find((level) => level.length > 0) ?? []
  const chosen = candidates.length === 0 ? undefined : choose(endpointsOf(candidates), undefined)
  if (chosen !== undefined) {
    const wait = soft ? waitForActive(active, candidates, chosen, trouble) : undefined
    if (wait !== undefined && now < wait) return stay(wait)
    return { kind: 'switch', to: chosen.id, reason, voluntary: false, graceMs: 0 }
  }
  if (reason === 'removed') return { kind: 'deactivate', reason }
  return stay(undefined, soft && view.endpoints.length > 1 && others.every((other) => isSoftTrouble(other, trouble)))
}

// The chosen one was in trouble with the active one and answers again: if it was our own network, so will the active one in
// a moment. It is probed at once, and gets the time of the two successes that it needs.
const waitForActive = (
  active: EndpointView,
  candidates: readonly EndpointView[],
  chosen: Endpoint,
  trouble: number,
): number | undefined => {
  const phase = candidates.find(({ endpoint }) => endpoint.id === chosen.id)?.health.phase
  return phase?.kind === 'up' && phase.since > trouble ? phase.since + 2 * active.timeout : undefined
}

// An app that stalls all the time must still detect: the guard covers one probe timeout after the DOWN at the most.
const guardEnd = (view: DecisionView, active: EndpointView): number => {
  const { phase } = active.health
  return phase.kind === 'down' ? Math.min(view.guardUntil, phase.since + active.timeout) : view.guardUntil
}

/** In trouble too, without an answer since `since`, and not in a way that only the server itself can fail. */
const isSoftTrouble = ({ health }: EndpointView, since: number): boolean => {
  if (health.operator !== 'in-service') return true
  if (health.phase.kind === 'up' || (health.lastSuccessAt ?? -Infinity) >= since) return false
  return health.phase.kind !== 'down' || health.phase.soft
}

const considerVoluntaryMove = (view: DecisionView, active: EndpointView, now: number, choose: Choose): Decision => {
  if (view.pinnedId === active.endpoint.id) return stay()
  const up = targetLevels(view.endpoints)[0] ?? []
  if (!view.commandSent) {
    const chosen = choose(withActive(view, up, active), active.endpoint)
    return chosen === undefined || chosen.id === active.endpoint.id
      ? stay()
      : { kind: 'switch', to: chosen.id, reason: 'start', voluntary: false, graceMs: 0 }
  }
  if (view.failback.mode !== 'auto') return stay()
  const rivals = up.filter((candidate) => candidate !== active)
  const readyAt = new Map(rivals.map((rival) => [rival, voluntaryMoveAt(view, rival, now)]))
  const ready = rivals.filter((rival) => (readyAt.get(rival) ?? Infinity) <= now)
  const recheckAt = Math.min(...[...readyAt.values()].filter((at) => at > now))
  const later = Number.isFinite(recheckAt) ? recheckAt : undefined
  if (ready.length === 0) return stay(later)
  // Only those that are ready are candidates, so an unstable best endpoint does not block a stable second-best.
  const chosen = choose(withActive(view, ready, active), active.endpoint)
  const target = ready.find((candidate) => candidate.endpoint.id === chosen?.id)
  if (target === undefined) return stay(later)
  // A move blocks the next one for `minStay`. So one that would be regretted within that time is not made: the better
  // endpoint is waited for, as long as it stays on its way.
  const soon = rivals.filter((rival) => (readyAt.get(rival) ?? Infinity) <= now + view.failback.minStay)
  const better = choose(withActive(view, soon, active), active.endpoint)
  if (better !== undefined && !ready.some((candidate) => candidate.endpoint.id === better.id)) return stay(later)
  const reason =
    view.endpoints.indexOf(target) < view.endpoints.indexOf(active) ? 'preferred-endpoint-stable' : 'strategy'
  return { kind: 'switch', to: target.endpoint.id, reason, voluntary: true, graceMs: graceOf(view, target, now) }
}

const withActive = (
  view: DecisionView,
  candidates: readonly EndpointView[],
  active: EndpointView,
): readonly Endpoint[] => {
  const all = new Set(candidates).add(active)
  return endpointsOf(view.endpoints.filter((candidate) => all.has(candidate)))
}

const graceOf = (view: DecisionView, candidate: EndpointView, now: number): number =>
  graceMs(candidate.holdDown, view.failback, steadyMs(candidate.health, now))

/** The earliest moment of a voluntary move to the candidate as things stand; `Infinity` while it needs another probe first. */
export const voluntaryMoveAt = (view: DecisionView, candidate: EndpointView, now: number): number => {
  const { health } = candidate
  if (health.steady.since === undefined) return Infinity
  if (view.activeChecks && (health.goodProbes < GOOD_PROBES_BEFORE_FAILBACK || !health.capabilityProven))
    return Infinity
  const steadyAt = now + graceOf(view, candidate, now) - graceTimeMs(health, now)
  const stayedAt = (view.lastSwitchAt ?? -Infinity) + view.failback.minStay
  return Math.max(steadyAt, stayedAt, view.guardUntil)
}
