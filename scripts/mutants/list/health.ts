import type { Mutant } from '../mutant.ts'

const REDUCE = 'packages/core/src/health/reduce-health.ts'
const EVIDENCE = 'packages/core/src/health/apply-evidence.ts'
const WATCH = 'packages/core/src/connections/progress-watch.ts'
const DETECTOR = 'packages/core/src/detector/failure-detector.ts'

export const healthMutants: readonly Mutant[] = [
  {
    name: 'no-generation-check',
    breaks: 'A late outcome of an earlier life changes the health of the present one.',
    file: REDUCE,
    find: "if ('generation' in event && event.generation !== state.generation) return nothing",
    replace: '',
  },
  {
    name: 'generation-stays-on-down',
    breaks: 'What was asked before an endpoint went DOWN still counts afterwards.',
    file: EVIDENCE,
    find: 'generation: state.generation + 1',
    replace: 'generation: state.generation',
  },
  {
    name: 'one-loss-is-down',
    breaks: 'A lone CLIENT KILL causes a failover.',
    file: EVIDENCE,
    find: 'if (isDown || failedConfirmations >= CONFIRMATIONS_BEFORE_DOWN)',
    replace: 'if (true)',
  },
  {
    name: 'losses-not-coalesced',
    breaks: 'Connections that are lost together ask for a confirmation each.',
    file: EVIDENCE,
    find: 'return state.confirming ? lost : {',
    replace: 'return {',
  },
  {
    name: 'losses-not-confirmed',
    breaks: 'A dead process is noticed by the next probe only.',
    file: EVIDENCE,
    find: "effects: [...lost.effects, { type: 'confirm' }]",
    replace: 'effects: lost.effects',
  },
  {
    name: 'one-name-failure-is-down',
    breaks: 'A resolver that fails once causes a failover.',
    file: EVIDENCE,
    find: "evidence.reason === 'name-not-found' && nameFailures < NAME_FAILURES_BEFORE_DOWN",
    replace: 'false',
  },
  {
    name: 'rise-ignored',
    breaks: 'An endpoint that answers once after its death is up.',
    file: REDUCE,
    find: '(event.nothingUp ? 1 : settings.rise)',
    replace: '1',
  },
  {
    name: 'rise-when-nothing-is-up',
    breaks: 'Commands wait for a second success although nothing else could serve them.',
    file: REDUCE,
    find: '(event.nothingUp ? 1 : settings.rise)',
    replace: 'settings.rise',
  },
  {
    name: 'strikes-stay-after-success',
    breaks: 'Single late answers add up to a failover.',
    file: REDUCE,
    find: '    livenessStrikes: 0,\n    capabilityStrikes,',
    replace: '    capabilityStrikes,',
  },
  {
    name: 'replies-clear-capability-strikes',
    breaks: 'A server whose writes fail never goes DOWN while reads are answered.',
    file: REDUCE,
    find: '    livenessStrikes: 0,\n    steady: { bankedMs: state.steady.bankedMs, since: state.steady.since ?? now },\n  }\n  if',
    replace:
      '    livenessStrikes: 0,\n    capabilityStrikes: {},\n    steady: { bankedMs: state.steady.bankedMs, since: state.steady.since ?? now },\n  }\n  if',
  },
  {
    name: 'refused-connects-are-down',
    breaks: 'A rotated password becomes an outage that we cause.',
    file: REDUCE,
    find: 'if (event.connectionAnswers && isAboutConnecting(event)) return refuseConnections(seen, evidence)',
    replace: '',
  },
  {
    name: 'down-keeps-connections',
    breaks: 'Commands in flight on a dead endpoint never settle.',
    file: EVIDENCE,
    find: "[\n    { type: 'destroy-connections',",
    replace: "[\n    { type: 'trouble',",
  },
  {
    name: 'events-for-equal-states',
    breaks: 'Listeners are told of a change of health although nothing changed.',
    file: EVIDENCE,
    find: 'if (from === to && takesWrites(before) === takesWrites(after)) return { state: after, effects: more }',
    replace: '',
  },
  {
    name: 'blocking-commands-are-silence',
    breaks: 'BLPOP makes its endpoint look dead.',
    file: WATCH,
    find: ' || connection.blocking > 0',
    replace: '',
  },
  {
    name: 'silence-is-no-evidence',
    breaks: 'A hung endpoint is noticed by the next probe only, however much traffic there is.',
    file: WATCH,
    find: '      endpoint.onSuspicion()\n',
    replace: '',
  },
  {
    name: 'half-open-connections-stay',
    breaks: 'A connection that a NAT has forgotten swallows commands for ever.',
    file: WATCH,
    find: '      endpoint.onStuck(connection, silentMs)\n',
    replace: '',
  },
  {
    name: 'detector-without-generations',
    breaks: 'Failures of an earlier life trip the failure detector of the present one.',
    file: DETECTOR,
    find: 'if (generation !== this.#generation) return false',
    replace: '',
  },
  {
    name: 'window-never-expires',
    breaks: 'Failures of an hour ago still count.',
    file: 'packages/core/src/detector/sliding-window.ts',
    find: 'if (this.#stamps[at]! <= oldest) continue',
    replace: '',
  },
]
