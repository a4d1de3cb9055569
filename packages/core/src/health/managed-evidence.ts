import { TOPOLOGY } from './checks/topology.ts'
import type { HealthEvent } from './health-event.ts'

/**
 * What an observation means for an endpoint that looks after several servers by itself (Cluster, Sentinel): trouble with
 * one of them, or with a connection to it, is no evidence against the endpoint. Only a look at all of them is, which is
 * what its regular probes take. `undefined` where nothing follows. Pure.
 */
export const managedEvidence = (event: HealthEvent): HealthEvent | undefined => {
  switch (event.type) {
    // Commands that fail, connections that are lost or silent: a probe is asked for instead.
    case 'observed':
    // A reply says that one server is well, and there are others.
    case 'replied':
      return undefined
    case 'probe-failed':
      return event.kind === 'fresh' ? freshFailure(event) : topologyLost(event)
    default:
      return event
  }
}

type ProbeFailed = Extract<HealthEvent, { type: 'probe-failed' }>

// New clients are turned away although one that is open answers: worth knowing. One that meets a server which is not
// there, or no longer what it was, has only come too early in a promotion; regular probes find what else there is.
const freshFailure = (event: ProbeFailed): HealthEvent | undefined =>
  event.connecting && event.connectionAnswers && event.evidence.weight === 'refuses-connections' ? event : undefined

const topologyLost = ({ generation, evidence, since, connecting }: ProbeFailed): HealthEvent => {
  const { message, weight } = evidence
  const isAboutTopology = connecting || message.startsWith(TOPOLOGY)
  return {
    type: 'topology-lost',
    generation,
    since,
    evidence: {
      weight: weight === 'soft' ? 'soft' : 'conclusive',
      reason: isAboutTopology ? 'topology-not-ok' : evidence.reason,
      message,
    },
  }
}
