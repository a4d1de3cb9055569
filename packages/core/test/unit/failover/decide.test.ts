import { describe, expect, it } from 'vitest'
import { decide } from '../../../src/failover/decide.ts'
import type { Choose, DecisionView, EndpointView } from '../../../src/failover/decision-view.ts'
import { countedDeaths, decayed, graceMs, noHoldDown, recordDeath } from '../../../src/failover/hold-down.ts'
import { type HealthPhase, type HealthState, initialHealth } from '../../../src/health/health-state.ts'
import { endpoint } from '../selection/fake-endpoint.ts'

const NOW = 1_000_000

const up: HealthPhase = { kind: 'up', since: 0 }
const suspect: HealthPhase = { kind: 'suspect', since: 0 }
const down = (soft = false, since = NOW): HealthPhase => ({
  kind: 'down',
  since,
  reason: soft ? 'probe-timeout' : 'connection-refused',
  message: 'dead',
  soft,
  successes: 0,
  failures: 0,
})

const health = (phase: HealthPhase, more: Partial<HealthState> = {}): HealthState => ({
  ...initialHealth,
  phase,
  capabilityProven: true,
  goodProbes: 10,
  steady: { bankedMs: 0, since: 0 },
  lastSuccessAt: NOW,
  hadOutcome: true,
  ...more,
})

const one = (id: string, state: HealthState, more: Partial<EndpointView> = {}): EndpointView => ({
  endpoint: endpoint(id),
  health: state,
  holdDown: noHoldDown,
  timeout: 500,
  ...more,
})

const view = (endpoints: readonly EndpointView[], more: Partial<DecisionView> = {}): DecisionView => ({
  endpoints,
  activeId: 'a',
  pinnedId: undefined,
  failback: { mode: 'auto', grace: 10_000, graceMax: 300_000, minStay: 5000 },
  started: true,
  firstUpAt: 0,
  lastSwitchAt: 0,
  commandSent: true,
  guardUntil: -Infinity,
  evictOnConnectFailure: false,
  activeChecks: true,
  ...more,
})

const first: Choose = (candidates) => candidates[0]

const decided = (seen: DecisionView, choose = first): string => {
  const decision = decide(seen, NOW, choose)
  if (decision.kind === 'switch')
    return `${decision.voluntary ? 'failback' : 'switch'} to ${decision.to}: ${decision.reason}`
  if (decision.kind === 'deactivate') return `deactivate: ${decision.reason}`
  return `stay${decision.recheckAt === undefined ? '' : ` until ${decision.recheckAt - NOW}`}${decision.observerSuspect ? ', suspecting ourselves' : ''}`
}

const trouble = { troubleSince: NOW - 1500, lastSuccessAt: NOW - 1600 }
const softDown = health(down(true), trouble)

describe('leaving the active endpoint', () => {
  it.each<[string, HealthState, readonly HealthState[], string]>([
    ['it is up', health(up), [health(up)], 'stay'],
    ['it is suspect and another is up', health(suspect), [health(up)], 'stay'],
    ['it died and another is up', health(down()), [health(up)], 'switch to b: down'],
    ['it died and one is suspect, one up', health(down()), [health(suspect), health(up)], 'switch to c: down'],
    ['it died and another is suspect', health(down()), [health(suspect)], 'switch to b: down'],
    ['it died and another’s loss is being confirmed', health(down()), [health(suspect, { confirming: true })], 'stay'],
    ['it died and all are dead', health(down()), [health(down())], 'stay'],
    ['it died and the other died as a replica', health(down()), [health(down(), { writable: false })], 'stay'],
    ['it died and another drains', health(down()), [health(up, { operator: 'draining' })], 'stay'],
    ['it died and another is unknown', health(down()), [health({ kind: 'unknown' })], 'stay'],
    ['it died and another accepts no connections', health(down()), [health(up, { acceptsConnections: false })], 'stay'],
    ['it died and another is not eligible', health(down()), [health(up, { notEligible: 'stale' })], 'stay'],
    ['it died and another can only be read', health(down()), [health(up, { writable: false })], 'switch to b: down'],
    [
      'it died, one can only be read, one is suspect',
      health(down()),
      [health(up, { writable: false }), health(suspect)],
      'switch to c: down',
    ],
    ['it drains', health(up, { operator: 'draining' }), [health(up)], 'switch to b: draining'],
    ['it drains and nobody else is fit', health(up, { operator: 'draining' }), [health(down())], 'stay'],
    ['it is removed', health(up, { operator: 'removed' }), [health(up)], 'switch to b: removed'],
    [
      'it is removed and nobody else is fit',
      health(up, { operator: 'removed' }),
      [health(down())],
      'deactivate: removed',
    ],
    ['it refuses writes', health(up, { writable: false }), [health(up)], 'switch to b: not-writable'],
    ['all refuse writes', health(up, { writable: false }), [health(up, { writable: false })], 'stay'],
    ['it refuses connections', health(up, { acceptsConnections: false }), [health(up)], 'stay'],
    [
      'it refuses connections and lost one',
      health(up, { acceptsConnections: false, dataConnectionLost: true }),
      [health(up)],
      'switch to b: connections-refused',
    ],
    ['it was reconfigured', health({ kind: 'unknown' }), [health(up)], 'switch to b: reconfigured'],
    ['it does not answer and another has answered since', softDown, [health(up)], 'switch to b: down'],
    [
      'it does not answer and another was not heard of since',
      softDown,
      [health(up, { lastSuccessAt: NOW - 1600 })],
      'stay',
    ],
    ['nobody answers', softDown, [softDown], 'stay, suspecting ourselves'],
    ['nobody answers, one is only suspect yet', softDown, [health(suspect, trouble)], 'stay, suspecting ourselves'],
    ['it does not answer and another is dead', softDown, [health(down(), trouble)], 'stay'],
    [
      'nobody answered, and another answers again just now',
      softDown,
      [health({ kind: 'up', since: NOW })],
      'stay until 1000',
    ],
    [
      'nobody answered, and another has answered for a while',
      softDown,
      [health({ kind: 'up', since: NOW - 1000 })],
      'switch to b: down',
    ],
  ])('when %s', (_when, active, others, expected) => {
    const views = [active, ...others].map((state, index) => one('abc'[index]!, state))
    // Nothing voluntary shall interfere.
    expect(decided(view(views, { failback: { mode: 'never', grace: 0, graceMax: 0, minStay: 0 } }))).toBe(expected)
  })

  it('follows evictOnConnectFailure', () => {
    const views = [one('a', health(up, { acceptsConnections: false })), one('b', health(up))]
    expect(decided(view(views, { evictOnConnectFailure: true }))).toBe('switch to b: connections-refused')
  })

  it('waits while our own loop is not to be trusted, but not for conclusive evidence', () => {
    const guarded = { guardUntil: NOW + 200 }
    expect(decided(view([one('a', softDown), one('b', health(up))], guarded))).toBe('stay until 200')
    expect(decided(view([one('a', health(down())), one('b', health(up))], guarded))).toBe('switch to b: down')
    // An app that stalls all the time still leaves: one timeout after the DOWN at the latest.
    const old = health(down(true, NOW - 500), trouble)
    expect(decided(view([one('a', old), one('b', health(up))], guarded))).toBe('switch to b: down')
  })

  it('never depends on a verification that is not made', () => {
    const views = [one('a', softDown), one('b', health(up, { lastSuccessAt: 0 }))]
    expect(decided(view(views, { activeChecks: false }))).toBe('switch to b: down')
  })

  it('ignores holds-down: the only one that lives is taken', () => {
    const held = one('b', health(up, { steady: { bankedMs: 0, since: NOW } }), { holdDown: { deaths: 9, spread: 1.1 } })
    expect(decided(view([one('a', health(down())), held]))).toBe('switch to b: down')
  })

  it('goes nowhere where the strategy finds none fit', () => {
    expect(decided(view([one('a', health(down())), one('b', health(up))]), () => undefined)).toBe('stay')
  })

  it('gives up an endpoint that is gone altogether', () => {
    expect(decided(view([one('b', health(up))]))).toBe('deactivate: removed')
  })
})

describe('a voluntary move', () => {
  const onSecond = { activeId: 'b' }
  const best = (more: Partial<HealthState> = {}, rest: Partial<EndpointView> = {}) => one('a', health(up, more), rest)

  it.each<[string, EndpointView, Partial<DecisionView>, string]>([
    ['is made when the preferred endpoint is stable', best(), {}, 'failback to a: preferred-endpoint-stable'],
    ['waits for the grace', best({ steady: { bankedMs: 0, since: NOW - 4000 } }), {}, 'stay until 6000'],
    ['counts time up before a pause', best({ steady: { bankedMs: 5000, since: NOW - 4000 } }), {}, 'stay until 1000'],
    ['waits while a probe has just failed', best({ steady: { bankedMs: 90_000, since: undefined } }), {}, 'stay'],
    [
      'doubles the grace with each death',
      best({ steady: { bankedMs: 0, since: NOW - 4000 } }, { holdDown: { deaths: 3, spread: 1 } }),
      {},
      'stay until 36000',
    ],
    ['keeps minStay', best(), { lastSwitchAt: NOW - 1000 }, 'stay until 4000'],
    ['waits for three good probes', best({ goodProbes: 2 }), {}, 'stay'],
    ['waits for a proof of ability', best({ capabilityProven: false }), {}, 'stay'],
    [
      'asks for no probes where none are made',
      best({ goodProbes: 1, capabilityProven: false }),
      { activeChecks: false },
      'failback to a: preferred-endpoint-stable',
    ],
    ['waits after a stall', best(), { guardUntil: NOW + 200 }, 'stay until 200'],
    ['is not made to one that refuses connections', best({ acceptsConnections: false }), {}, 'stay'],
    ['is not made to one that is not eligible', best({ notEligible: 'stale' }), {}, 'stay'],
    ['is not made to one that refuses writes', best({ writable: false }), {}, 'stay'],
    ['is not made to one that drains', best({ operator: 'draining' }), {}, 'stay'],
    ['is not made by mode manual', best(), { failback: { mode: 'manual', grace: 0, graceMax: 0, minStay: 0 } }, 'stay'],
    ['is not made from a pinned endpoint', best(), { pinnedId: 'b' }, 'stay'],
    [
      'needs no grace before the first command',
      best({ steady: { bankedMs: 0, since: NOW } }),
      { commandSent: false },
      'switch to a: start',
    ],
  ])('%s', (_what, candidate, more, expected) => {
    expect(decided(view([candidate, one('b', health(up))], { ...onSecond, ...more }))).toBe(expected)
  })

  it('to a stable second-best is not blocked by an unstable best', () => {
    const unstable = one('a', health(up, { steady: { bankedMs: 0, since: NOW - 1000 } }))
    const views = [unstable, one('b', health(up)), one('c', health(up))]
    expect(decided(view(views, { activeId: 'c' }))).toBe('failback to b: preferred-endpoint-stable')
  })

  it('to a second-best is not made while a better one will be ready before another move is allowed', () => {
    const soonReady = one('a', health(up, { steady: { bankedMs: 0, since: NOW - 7000 } }))
    const views = [soonReady, one('b', health(up)), one('c', health(up))]
    expect(decide(view(views, { activeId: 'c' }), NOW, first)).toMatchObject({ kind: 'stay', recheckAt: NOW + 3000 })
    expect(decide(view(views, { activeId: 'c' }), NOW + 3000, first)).toMatchObject({ kind: 'switch', to: 'a' })
  })

  it('is not made to one that is suspect', () => {
    expect(decided(view([one('a', health(suspect)), one('b', health(up))], onSecond))).toBe('stay')
  })

  it('follows a sticky strategy to a lower weight', () => {
    const last: Choose = (candidates) => candidates.at(-1)
    expect(decided(view([one('a', health(up)), one('b', health(up))]), last)).toBe('failback to b: strategy')
  })
})

describe('the first choice', () => {
  const starting = { activeId: undefined, started: false, firstUpAt: NOW - 100 }
  const unasked = health({ kind: 'unknown' }, { hadOutcome: false })

  it.each<[string, readonly HealthState[], Partial<DecisionView>, string]>([
    ['takes the best that is up', [health(up), health(up)], {}, 'switch to a: start'],
    ['gives a better one time to show itself', [unasked, health(up)], {}, 'stay until 400'],
    ['does not wait longer than one timeout', [unasked, health(up)], { firstUpAt: NOW - 500 }, 'switch to b: start'],
    [
      'does not wait for one that has failed a probe',
      [health({ kind: 'unknown' }), health(up)],
      {},
      'switch to b: start',
    ],
    ['does not wait for one that drains', [{ ...unasked, operator: 'draining' }, health(up)], {}, 'switch to b: start'],
    ['does not wait for lower weights', [health(up), unasked], {}, 'switch to a: start'],
    ['waits while nothing is up', [unasked, health(down())], {}, 'stay'],
    ['after a start waits for nobody', [unasked, health(up)], { started: true }, 'switch to b: recovered'],
  ])('%s', (_what, states, more, expected) => {
    const views = states.map((state, index) => one('ab'[index]!, state))
    expect(decided(view(views, { ...starting, ...more }))).toBe(expected)
  })
})

describe('hold-down', () => {
  const settings = { mode: 'auto', grace: 10_000, graceMax: 300_000, minStay: 5000 } as const

  it.each([
    [0, 10_000],
    [1, 10_000],
    [2, 20_000],
    [3, 40_000],
    [5, 160_000],
    [6, 300_000],
    [60, 300_000],
  ])('after %d deaths asks for %d ms up', (deaths, grace) => {
    expect(graceMs({ deaths, spread: 1 }, settings, 0)).toBe(grace)
    expect(graceMs({ deaths, spread: 1.1 }, settings, 0)).toBeCloseTo(grace * 1.1)
  })

  it('forgets one death for every ten minutes up', () => {
    const holdDown = { deaths: 3, spread: 1 }
    expect([0, 599_999, 600_000, 1_200_000, 9_000_000].map((ms) => countedDeaths(holdDown, ms))).toEqual([
      3, 3, 2, 1, 0,
    ])
    expect(decayed(holdDown, 1_200_000)).toEqual({ deaths: 1, spread: 1 })
  })

  it('counts a death, and spreads the grace by up to ten percent', () => {
    expect(recordDeath(noHoldDown, () => 0)).toEqual({ deaths: 1, spread: 1 })
    expect(recordDeath({ deaths: 2, spread: 1 }, () => 0.5)).toEqual({ deaths: 3, spread: 1.05 })
  })
})
