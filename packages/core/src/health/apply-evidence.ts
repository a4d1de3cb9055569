import type { Evidence, HealthReason } from './evidence.ts'
import type { HealthEffect, HealthTransition } from './health-event.ts'
import { endpointState, type HealthState, strikes, takesWrites } from './health-state.ts'
import { notSteady, pausedSteady } from './steady-time.ts'

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

/** What an observation is judged with, beside what it says. */
export interface EvidenceContext {
  readonly confirming: boolean
  readonly capability: string | undefined
  readonly connectionAnswers: boolean
  readonly since: number
}

/** What one observation changes, by its weight. Pure. */
export const applyEvidence = (
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
      const next: HealthState = {
        ...state,
        writable: false,
        notWritableReason: evidence.reason,
        capabilityProven: false,
        steady: notSteady,
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
    steady: pausedSteady(state.steady, now),
    troubleSince: state.troubleSince ?? since,
    lastEvidence: evidence,
  }
  if (state.phase.kind === 'down') return { state: { ...next, phase: failedAgain(state.phase, evidence) }, effects: [] }
  if (strikes(next) >= settings.fall)
    return down(next, evidence, now, since, evidence.weight === 'soft', troubleOf(state))
  return suspected(state, next, evidence, { now, since })
}

const troubleOf = (state: HealthState): HealthEffect[] =>
  state.troubleSince === undefined ? [{ type: 'trouble' }] : []

/** Something speaks against an endpoint that is not DOWN: it is suspect, and its time up is interrupted. */
export const suspected = (
  before: HealthState,
  after: HealthState,
  evidence: Evidence,
  { now, since }: { now: number; since: number },
): HealthTransition => {
  const next: HealthState = {
    ...after,
    steady: pausedSteady(before.steady, now),
    troubleSince: before.troubleSince ?? since,
    lastEvidence: evidence,
  }
  const trouble = troubleOf(before)
  if (next.phase.kind !== 'up') return { state: next, effects: trouble }
  const suspect: HealthState = { ...next, phase: { kind: 'suspect', since: next.phase.since } }
  return changed(before, suspect, evidence.reason, evidence.message, trouble)
}

type Down = Extract<HealthState['phase'], { kind: 'down' }>

/** One more failure of an endpoint that is DOWN already. */
export const failedAgain = (phase: Down, evidence: Evidence): Down => ({
  ...phase,
  reason: evidence.reason,
  message: evidence.message,
  soft: evidence.weight === 'soft',
  successes: 0,
  failures: phase.failures + 1,
})

/** The endpoint is DOWN: its connections are destroyed, and a new generation begins. */
export const down = (
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
    steady: notSteady,
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

/** New connections fail while an established one answers: not DOWN, but no target. */
export const refuseConnections = (state: HealthState, evidence: Evidence): HealthTransition => {
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

type ChangeReason = HealthReason | 'draining' | 'resumed' | 'removed' | 'reconfigured'

/** Assigns the new state, and tells of it only where the outside can see a difference. */
export const changed = (
  before: HealthState,
  after: HealthState,
  reason: ChangeReason,
  message: string,
  more: readonly HealthEffect[] = [],
): HealthTransition => {
  const from = endpointState(before)
  const to = endpointState(after)
  if (from === to && takesWrites(before) === takesWrites(after)) return { state: after, effects: more }
  const struckAs =
    after.phase.kind === 'down' && before.phase.kind !== 'down'
      ? Math.max(strikes(before), strikes(after))
      : strikes(after)
  return { state: after, effects: [{ type: 'changed', from, to, reason, message, strikes: struckAs }, ...more] }
}
