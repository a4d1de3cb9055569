import { applyEvidence, changed, refuseConnections } from './apply-evidence.ts'
import type { HealthEffect, HealthEvent, HealthTransition } from './health-event.ts'
import { type HealthState, isLive, strikes } from './health-state.ts'
import { loseTopology, type TopologySettings } from './lose-topology.ts'
import { clearStalePrimary, onStalePrimary } from './reduce-stale-primary.ts'
import { notSteady, resumedSteady } from './steady-time.ts'

/**
 * The state machine of one endpoint's health: what an observation changes, and what has to be done about it. Pure: it
 * reads no clock, starts no timer and emits nothing. See section 2 of the semantics, `docs/concepts/health.md`.
 */
export const reduceHealth = (
  state: HealthState,
  event: HealthEvent,
  now: number,
  settings: TopologySettings,
): HealthTransition => {
  const nothing: HealthTransition = { state, effects: [] }
  if (state.operator === 'removed') return nothing
  // An outcome counts in the generation that issued it, or not at all: a late one must not reopen or close an episode.
  if ('generation' in event && event.generation !== state.generation) return nothing
  switch (event.type) {
    case 'probe-succeeded':
      return onSuccess(state, event, now, settings)
    case 'probe-failed':
      return onProbeFailed(state, event, now, settings)
    case 'topology-lost':
      return loseTopology(state, event, now, settings)
    case 'observed':
      return applyEvidence(state, event.evidence, now, settings, {
        confirming: false,
        capability: undefined,
        connectionAnswers: event.connectionAnswers,
        since: event.since,
      })
    case 'replied':
      return onReply(state, now)
    case 'proven-writable':
      return changed(
        state,
        { ...state, writable: true, notWritableReason: undefined, capabilityProven: true },
        'probe-succeeded',
        'it accepts writes',
      )
    case 'data-connection':
      return onDataConnection(state, event.lost)
    case 'stale-primary':
      return onStalePrimary(state, event, now)
    case 'stale-primary-cleared':
      return clearStalePrimary(state, event.why)
    case 'drain':
      return state.operator === 'draining'
        ? nothing
        : changed(state, { ...state, operator: 'draining' }, 'draining', 'drained by the operator')
    case 'resume':
      return state.operator === 'in-service'
        ? nothing
        : changed(state, { ...state, operator: 'in-service' }, 'resumed', 'resumed by the operator')
    case 'remove':
      return changed(
        state,
        { ...state, operator: 'removed', generation: state.generation + 1 },
        'removed',
        'removed from the group',
        [{ type: 'destroy-connections', why: 'the endpoint was removed' }],
      )
    case 'reconfigure':
      return onReconfigure(state)
  }
}

type ProbeFailed = Extract<HealthEvent, { type: 'probe-failed' }>

type ProbeSucceeded = Extract<HealthEvent, { type: 'probe-succeeded' }>

const onSuccess = (
  state: HealthState,
  event: ProbeSucceeded,
  now: number,
  settings: TopologySettings,
): HealthTransition => {
  const capabilityStrikes = { ...state.capabilityStrikes }
  for (const name of event.capabilities) delete capabilityStrikes[name]
  const effects: HealthEffect[] = []
  const accepts = state.acceptsConnections || event.newConnection
  if (accepts && !state.acceptsConnections) effects.push({ type: 'connections-accepted' })
  const cleared: HealthState = {
    ...state,
    livenessStrikes: 0,
    capabilityStrikes,
    confirming: false,
    survivedLossAt: state.confirming ? now : state.survivedLossAt,
    failedConfirmations: 0,
    nameFailures: 0,
    acceptsConnections: accepts,
    dataConnectionLost: accepts ? false : state.dataConnectionLost,
    notEligible: event.notEligible,
    capabilityProven: state.capabilityProven || event.capabilities.length > 0,
    goodProbes: state.goodProbes + 1,
    steady: resumedSteady(state.steady, now),
    lastSuccessAt: now,
    hadOutcome: true,
  }
  const phase = state.phase
  if (phase.kind === 'down') {
    const successes = phase.successes + 1
    if (successes < (event.nothingUp ? 1 : settings.rise))
      return { state: { ...cleared, phase: { ...phase, successes } }, effects }
  }
  if (strikes(cleared) > 0) return { state: cleared, effects }
  // The grace begins when the endpoint is up, not with the first success of several.
  const steady = isLive(state) ? cleared.steady : { bankedMs: 0, since: now }
  const goodProbes = isLive(state) ? cleared.goodProbes : 1
  const upPhase =
    phase.kind === 'up' ? phase : { kind: 'up' as const, since: phase.kind === 'suspect' ? phase.since : now }
  const up: HealthState = {
    ...cleared,
    phase: upPhase,
    steady,
    goodProbes,
    troubleSince: undefined,
    lastEvidence: undefined,
  }
  return changed(state, up, 'probe-succeeded', 'the health check passed', effects)
}

const onProbeFailed = (
  state: HealthState,
  event: ProbeFailed,
  now: number,
  settings: TopologySettings,
): HealthTransition => {
  const seen: HealthState = { ...state, hadOutcome: true }
  // New connections fail while an old one answers: the server lives. Not DOWN, but no target either. A probe that
  // confirms a loss counts in full, where it shows that nothing listens any more or nothing answers.
  const evidence = event.evidence
  // A loss is being confirmed, and that tells. Another connect that fails meanwhile is of the same death, at a moment when
  // the monitor may only seem to answer because its own end has not been read yet.
  if (event.kind === 'fresh' && state.confirming) return { state: seen, effects: [] }
  if (event.connectionAnswers && isAboutConnecting(event)) return refuseConnections(seen, evidence)
  // Without sight of a living connection, the monitor's own probes count; counting both would be counting one hang twice.
  if (event.kind === 'fresh' && (evidence.weight === 'soft' || evidence.weight === 'hard'))
    return { state: seen, effects: [] }
  return applyEvidence(seen, evidence, now, settings, {
    confirming: event.kind === 'confirming',
    capability: event.capability,
    connectionAnswers: event.connectionAnswers,
    since: event.since,
  })
}

/** Whether a failed probe shows no more than that new connections are not accepted, or do not work. */
const isAboutConnecting = ({ kind, connecting, evidence: { weight } }: ProbeFailed): boolean => {
  if (weight === 'refuses-connections') return true
  if (kind !== 'fresh') return false
  // What a new connection is *answered* with counts for the server: it is loading, it is a replica.
  return weight === 'soft' || weight === 'hard' || (connecting && weight === 'conclusive')
}

const onReply = (state: HealthState, now: number): HealthTransition => {
  // A lost connection is a fact that replies on others do not undo; its confirmation is on the way.
  if (state.livenessStrikes === 0 || state.confirming || state.phase.kind === 'down') return { state, effects: [] }
  const monitor: HealthEffect[] = state.lastEvidence?.reason === 'probe-timeout' ? [{ type: 'replace-monitor' }] : []
  const next: HealthState = {
    ...state,
    livenessStrikes: 0,
    steady: resumedSteady(state.steady, now),
  }
  if (state.phase.kind !== 'suspect' || strikes(next) > 0) return { state: next, effects: monitor }
  return changed(
    state,
    { ...next, phase: { kind: 'up', since: state.phase.since }, troubleSince: undefined },
    'reply-received',
    'the application gets replies',
    monitor,
  )
}

const onDataConnection = (state: HealthState, lost: boolean): HealthTransition => ({
  state: { ...state, dataConnectionLost: lost && !state.acceptsConnections },
  effects: [],
})

const onReconfigure = (state: HealthState): HealthTransition => {
  const next: HealthState = {
    ...state,
    phase: { kind: 'unknown' },
    generation: state.generation + 1,
    livenessStrikes: 0,
    capabilityStrikes: {},
    confirming: false,
    survivedLossAt: undefined,
    writable: true,
    notWritableReason: undefined,
    stalePrimary: undefined,
    acceptsConnections: true,
    dataConnectionLost: false,
    capabilityProven: false,
    goodProbes: 0,
    steady: notSteady,
    troubleSince: undefined,
  }
  // Its connections are retired, not destroyed: what is in flight may finish.
  const why = 'its options were changed'
  const cleared: HealthEffect[] = state.stalePrimary === undefined ? [] : [{ type: 'stale-primary-cleared', why }]
  return changed(state, next, 'reconfigured', why, cleared)
}
