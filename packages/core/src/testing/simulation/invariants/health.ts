import type { FailoverEvent } from '../../../events/event-map.ts'
import type { HealthReason } from '../../../health/evidence.ts'
import { isLive } from '../group-model.ts'
import type { InvariantFactory } from './invariant.ts'

/** Strikes of these count one by one. */
const SOFT: ReadonlySet<string> = new Set<HealthReason>(['probe-timeout', 'silence', 'busy', 'connect-timeout'])
const NO_EVIDENCE: ReadonlySet<string> = new Set(['probe-succeeded', 'reply-received', 'resumed', 'local-fault'])

/** 7, 10, 11 and 20: what an endpoint is called DOWN for, and what brings it back. */
export const healthInvariant: InvariantFactory = ({ now, model, settings, truth, report }) => {
  /** Endpoints that a check was begun for since their generation began, and whether one passed. */
  const askedSince = new Map<string, { started: boolean; passed: boolean }>()

  const checkDown = (event: FailoverEvent<'health-changed'>): void => {
    const { endpointId, reason, strikes, message } = event
    const { fall, timeout, connectTimeout, reprobe, interval } = settings.health(endpointId)
    if (NO_EVIDENCE.has(reason)) report(10, `${endpointId} is DOWN because of "${reason}"`)
    if (SOFT.has(reason) && strikes < fall && settings.isChecked)
      report(10, `${endpointId} is DOWN after ${strikes} strikes (${reason}); it takes ${fall}`)
    if (message === '') report(10, `${endpointId} is DOWN and nobody says why`)
    if (settings.hasMoodyChecks) return
    const wellFor = now() - truth.wellSince(endpointId)
    if (truth.isHarmless)
      report(20, `${endpointId} is DOWN (${reason}: ${message}), and nothing was ever wrong with it`)
    // All windows that may have begun in the trouble, stretched by a stall to three times their length.
    const longest = 3 * (fall * (timeout + reprobe) + connectTimeout + interval)
    // A connection that went dark is noticed when it is used next, however much later. Where its silence alone is enough,
    // without checks that could say otherwise or where one strike means DOWN, its endpoint is DOWN then.
    if (reason === 'silence' && (!settings.isChecked || fall === 1)) return
    if (wellFor > Math.max(longest, 15_000))
      report(10, `${endpointId} is DOWN (${reason}: ${message}), and its server has been well for ${wellFor} ms`)
  }

  const checkGeneration = ({ endpointId, to, from, reason, generation }: FailoverEvent<'health-changed'>): void => {
    const before = model.endpoints.get(endpointId)?.generation ?? 1
    if (generation < before) report(7, `${endpointId} went back from generation ${before} to ${generation}`)
    const begins =
      to === 'removed' || reason === 'reconfigured' || (to === 'down' && from !== 'draining' && from !== to)
    if (begins && generation <= before) report(7, `${endpointId} is ${to} still in generation ${generation}`)
  }

  return {
    name: 'health',
    onEvent: (event) => {
      if (event.type === 'check-started') {
        const asked = askedSince.get(event.endpointId)
        if (asked !== undefined) asked.started = true
      } else if (event.type === 'check-succeeded') {
        const asked = askedSince.get(event.endpointId)
        if (asked?.started === true) asked.passed = true
      } else if (event.type === 'endpoint-added') {
        askedSince.set(event.endpointId, { started: false, passed: false })
      } else if (event.type === 'health-changed') {
        const { endpointId, from, to } = event
        checkGeneration(event)
        if (to === 'down' && from !== 'draining' && from !== to) checkDown(event)
        const begun = (from === 'down' || from === 'unknown') && isLive(to)
        if (begun && askedSince.get(endpointId)?.passed === false)
          report(7, `${endpointId} came from ${from} to ${to} without a check that began and passed since`)
        // Nobody was told what happened while it drained.
        if (from === 'draining') askedSince.delete(endpointId)
        else if (from !== to && (to === 'down' || to === 'unknown'))
          askedSince.set(endpointId, { started: false, passed: false })
      }
    },
  }
}
