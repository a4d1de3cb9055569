import type { Evidence, HealthReason } from './evidence.ts'
import type { HealthEffect, HealthEvent, HealthTransition } from './health-event.ts'
import type { HealthState } from './health-state.ts'
import { endpointState, isLive, strikes } from './health-state.ts'

/** The part of an endpoint's settings that the state machine needs. */
export interface StrikeSettings {
  /** Strikes in a row that mean DOWN. */
  readonly fall: number
  /** Successes in a row that end DOWN. */
  readonly rise: number
}

/** A lost connection met again by the confirming probe is DOWN the second time: one may be a coincidence. */
const CONFIRMATIONS_BEFORE_DOWN = 2

/** A name that is not found is DOWN the second time: a resolver may fail once. */
const NAME_FAILURES_BEFORE_DOWN = 2

/**
 * The state machine of one endpoint's health: what an observation changes, and what has to be done about it. Pure: it
 * reads no clock, starts no timer and emits nothing. See section 2 of the semantics, `docs/concepts/health.md`.
 */
export const reduceHealth = (
  state: HealthState,
  event: HealthEvent,
  now: number,
  settings: StrikeSettings,
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
  settings: StrikeSettings,
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
    failedConfirmations: 0,
    nameFailures: 0,
    acceptsConnections: accepts,
    dataConnectionLost: accepts ? false : state.dataConnectionLost,
    notEligible: event.notEligible,
    capabilityProven: state.capabilityProven || event.capabilities.length > 0,
    goodProbes: state.goodProbes + 1,
    steady: { bankedMs: state.steady.bankedMs, since: state.steady.since ?? now },
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
  settings: StrikeSettings,
): HealthTransition => {
  const seen: HealthState = { ...state, hadOutcome: true }
  // New connections fail while an old one answers: the server lives. Not DOWN, but no target either. A probe that
  // confirms a loss counts in full, where it shows that nothing listens any more or nothing answers.
  const evidence = event.evidence
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

interface EvidenceContext {
  readonly confirming: boolean
  readonly capability: string | undefined
  readonly connectionAnswers: boolean
  readonly since: number
}

const applyEvidence = (
  state: HealthState,
  evidence: Evidence,
  now: number,
  settings: StrikeSettings,
  context: EvidenceContext,
): HealthTransition => {
  switch (evidence.weight) {
    case 'none':
      return { state, effects: [] }
    case 'local':
      // Our own machine's fault: no strike. A confirmation stays open and is tried again by the runner, unless another
      // connection answers it.
      return {
        state: context.connectionAnswers && state.confirming ? { ...state, ...confirmedAlive } : state,
        effects: [{ type: 'observer-suspect', message: evidence.message }],
      }
    case 'not-writable': {
      const steady = { bankedMs: 0, since: undefined }
      const next: HealthState = {
        ...state,
        writable: false,
        notWritableReason: evidence.reason,
        capabilityProven: false,
        steady,
        lastEvidence: evidence,
      }
      return changed(
        state,
        { ...next, troubleSince: next.troubleSince ?? context.since },
        evidence.reason,
        evidence.message,
      )
    }
    case 'refuses-connections': {
      if (context.connectionAnswers) return refuseConnections(state, evidence)
      const nameFailures = evidence.reason === 'name-not-found' ? state.nameFailures + 1 : 0
      if (evidence.reason === 'name-not-found' && nameFailures < NAME_FAILURES_BEFORE_DOWN) {
        return struck(
          { ...state, nameFailures },
          evidence,
          { now, since: context.since },
          settings,
          Math.max(state.livenessStrikes, settings.fall - 1),
          undefined,
        )
      }
      return down(state, evidence, now, context.since, false)
    }
    case 'soft':
      return struck(
        state,
        evidence,
        { now, since: context.since },
        settings,
        state.livenessStrikes + 1,
        context.capability,
      )
    case 'hard': {
      const failedConfirmations = context.confirming ? state.failedConfirmations + 1 : state.failedConfirmations
      const isDown = state.phase.kind === 'down'
      if (isDown || failedConfirmations >= CONFIRMATIONS_BEFORE_DOWN)
        return down(state, evidence, now, context.since, false)
      const next: HealthState = { ...state, failedConfirmations, confirming: true }
      const lost = struck(
        next,
        evidence,
        { now, since: context.since },
        settings,
        Math.max(state.livenessStrikes, settings.fall - 1),
        undefined,
      )
      // Any number of connections lost together ask for one confirmation; a failed one is repeated by the runner.
      return state.confirming ? lost : { state: lost.state, effects: [...lost.effects, { type: 'confirm' }] }
    }
    case 'conclusive':
      return down(state, evidence, now, context.since, false)
  }
}

/** Adds strikes; `fall` of them are DOWN. */
const struck = (
  state: HealthState,
  evidence: Evidence,
  { now, since }: { now: number; since: number },
  settings: StrikeSettings,
  livenessStrikes: number,
  capability: string | undefined,
): HealthTransition => {
  const next: HealthState = {
    ...state,
    ...(capability === undefined
      ? { livenessStrikes }
      : {
          capabilityStrikes: {
            ...state.capabilityStrikes,
            [capability]: (state.capabilityStrikes[capability] ?? 0) + 1,
          },
        }),
    steady: {
      bankedMs: state.steady.bankedMs + (state.steady.since === undefined ? 0 : now - state.steady.since),
      since: undefined,
    },
    troubleSince: state.troubleSince ?? since,
    lastEvidence: evidence,
  }
  if (state.phase.kind === 'down') return { state: { ...next, phase: failedAgain(state.phase, evidence) }, effects: [] }
  const trouble: HealthEffect[] = state.troubleSince === undefined ? [{ type: 'trouble' }] : []
  if (strikes(next) >= settings.fall) return down(next, evidence, now, since, evidence.weight === 'soft', trouble)
  if (state.phase.kind === 'up')
    return changed(
      state,
      { ...next, phase: { kind: 'suspect', since: state.phase.since } },
      evidence.reason,
      evidence.message,
      trouble,
    )
  return { state: next, effects: trouble }
}

type Down = Extract<HealthState['phase'], { kind: 'down' }>

const failedAgain = (phase: Down, evidence: Evidence): Down => ({
  ...phase,
  reason: evidence.reason,
  message: evidence.message,
  soft: evidence.weight === 'soft',
  successes: 0,
  failures: phase.failures + 1,
})

const down = (
  state: HealthState,
  evidence: Evidence,
  now: number,
  since: number,
  soft: boolean,
  more: readonly HealthEffect[] = [],
): HealthTransition => {
  if (state.phase.kind === 'down') {
    return {
      state: { ...state, confirming: false, phase: { ...failedAgain(state.phase, evidence), soft } },
      effects: [],
    }
  }
  const next: HealthState = {
    ...state,
    phase: {
      kind: 'down',
      since: now,
      reason: evidence.reason,
      message: evidence.message,
      soft,
      successes: 0,
      failures: 0,
    },
    generation: state.generation + 1,
    confirming: false,
    failedConfirmations: 0,
    nameFailures: 0,
    goodProbes: 0,
    capabilityProven: false,
    acceptsConnections: true,
    dataConnectionLost: false,
    steady: { bankedMs: 0, since: undefined },
    troubleSince: state.troubleSince ?? since,
    lastEvidence: evidence,
    hadOutcome: true,
  }
  return changed(state, next, evidence.reason, evidence.message, [
    { type: 'destroy-connections', why: `the endpoint is DOWN: ${evidence.message}` },
    ...more,
  ])
}

const confirmedAlive = { confirming: false, livenessStrikes: 0, failedConfirmations: 0 } as const

const refuseConnections = (state: HealthState, evidence: Evidence): HealthTransition => {
  const next: HealthState = { ...state, acceptsConnections: false, confirming: false, lastEvidence: evidence }
  const first: HealthEffect[] = state.acceptsConnections
    ? [{ type: 'connections-refused', reason: evidence.reason, message: evidence.message }]
    : []
  // The established connection answers, so a pending confirmation has its answer: alive.
  if (!state.confirming) return { state: next, effects: first }
  const alive: HealthState = { ...next, ...confirmedAlive }
  if (state.phase.kind !== 'suspect' || strikes(alive) > 0) return { state: alive, effects: first }
  return changed(
    state,
    { ...alive, phase: { kind: 'up', since: state.phase.since } },
    'connections-refused',
    evidence.message,
    first,
  )
}

const onReply = (state: HealthState, now: number): HealthTransition => {
  // A lost connection is a fact that replies on others do not undo; its confirmation is on the way.
  if (state.livenessStrikes === 0 || state.confirming || state.phase.kind === 'down') return { state, effects: [] }
  const monitor: HealthEffect[] = state.lastEvidence?.reason === 'probe-timeout' ? [{ type: 'replace-monitor' }] : []
  const next: HealthState = {
    ...state,
    livenessStrikes: 0,
    steady: { bankedMs: state.steady.bankedMs, since: state.steady.since ?? now },
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
    writable: true,
    notWritableReason: undefined,
    acceptsConnections: true,
    dataConnectionLost: false,
    capabilityProven: false,
    goodProbes: 0,
    steady: { bankedMs: 0, since: undefined },
    troubleSince: undefined,
  }
  // Its connections are retired, not destroyed: what is in flight may finish.
  return changed(state, next, 'reconfigured', 'its options were changed')
}

type ChangeReason = HealthReason | 'draining' | 'resumed' | 'removed' | 'reconfigured'

/** Assigns the new state, and tells of it only where the outside can see a difference. */
const changed = (
  before: HealthState,
  after: HealthState,
  reason: ChangeReason,
  message: string,
  more: readonly HealthEffect[] = [],
): HealthTransition => {
  const from = endpointState(before)
  const to = endpointState(after)
  if (from === to && before.writable === after.writable) return { state: after, effects: more }
  const struckAs =
    after.phase.kind === 'down' && before.phase.kind !== 'down'
      ? Math.max(strikes(before), strikes(after))
      : strikes(after)
  return { state: after, effects: [{ type: 'changed', from, to, reason, message, strikes: struckAs }, ...more] }
}
