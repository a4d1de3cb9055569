import type { StalePrimary } from '../health/compare-servers.ts'
import { endpointState, isLive, strikes } from '../health/health-state.ts'
import { unfitness, voluntaryMoveAt } from './decide.ts'
import type { DecisionView, EndpointView } from './decision-view.ts'

/** Why the endpoint cannot take commands, in a few words, for error causes; `undefined` if it could. */
export const causeOf = ({ health }: EndpointView): string | undefined => {
  if (health.operator === 'draining') return 'drained by the operator'
  switch (health.phase.kind) {
    case 'unknown':
      return health.lastEvidence === undefined ? 'not probed yet' : health.lastEvidence.message
    case 'down':
      return `DOWN: ${health.phase.message}`
    case 'up':
    case 'suspect':
      if (health.confirming) return 'a connection was lost and is being confirmed'
      if (!health.acceptsConnections)
        return `accepts no new connections: ${health.lastEvidence?.message ?? 'unknown reason'}`
      if (health.notEligible !== undefined) return `not eligible: ${health.notEligible}`
      if (health.stalePrimary !== undefined) return stalePrimaryInWords(health.stalePrimary)
      if (!health.writable) return `not writable: ${health.notWritableReason ?? 'unknown reason'}`
      return undefined
  }
}

const stalePrimaryInWords = ({ promotedId, divergenceBytes }: StalePrimary): string => {
  const written =
    divergenceBytes === undefined ? 'what was written here since' : `${divergenceBytes} bytes written here`
  return `a stale primary: "${promotedId}" was promoted over it and lacks ${written}; make it a replica of that one`
}

/** What the state of an endpoint is and what follows from it, in words, a sentence for each fact. */
export const explainEndpoint = (view: DecisionView, candidate: EndpointView, now: number): string => {
  const { endpoint, health } = candidate
  const isActive = view.activeId === endpoint.id
  const said = [
    `"${endpoint.id}" is ${endpointState(health)}${isActive ? ' and active' : ''}${view.pinnedId === endpoint.id ? ', pinned by the operator' : ''}.`,
  ]
  if (strikes(health) > 0 && isLive(health))
    said.push(`It has ${strikes(health)} strike(s): ${health.lastEvidence?.message ?? 'unknown'}.`)
  const cause = causeOf(candidate)
  if (cause !== undefined) said.push(`${capitalized(cause)}.`)
  if (isActive) said.push(...explainActive(view, candidate))
  else said.push(...explainTarget(view, candidate, now))
  return said.join(' ')
}

const explainActive = (view: DecisionView, candidate: EndpointView): string[] => {
  const unfit = unfitness(candidate, view)
  return unfit === undefined
    ? ['It is fit, so it is left only for a preferred endpoint that is stable, or by an operator.']
    : [`It is not fit (${unfit}) and stays active only because no other endpoint can take over.`]
}

const explainTarget = (view: DecisionView, candidate: EndpointView, now: number): string[] => {
  const { health } = candidate
  if (health.operator !== 'in-service' || !isLive(health)) return ['It is not eligible for commands.']
  if (!health.acceptsConnections || health.notEligible !== undefined || health.stalePrimary !== undefined)
    return ['It is not eligible as a target.']
  const said = ['It is eligible as the target of a failover.']
  if (view.pinnedId !== undefined) return [...said, `No voluntary move happens while "${view.pinnedId}" is pinned.`]
  if (view.failback.mode !== 'auto')
    return [...said, `Voluntary moves are off (failback.mode is "${view.failback.mode}").`]
  const at = voluntaryMoveAt(view, candidate, now)
  if (!Number.isFinite(at)) return [...said, 'A voluntary move to it waits for more good probes.']
  return [
    ...said,
    at > now
      ? `A voluntary move to it is possible in ${Math.ceil((at - now) / 100) / 10} s.`
      : 'A voluntary move to it is possible now, if the strategy prefers it.',
  ]
}

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
