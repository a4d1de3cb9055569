import { describe, expect, it } from 'vitest'
import type { Evidence, EvidenceWeight, HealthReason } from '../../../src/health/evidence.ts'
import type { HealthEffect, HealthEvent } from '../../../src/health/health-event.ts'
import {
  endpointState,
  graceTimeMs,
  type HealthState,
  initialHealth,
  steadyMs,
  strikes,
} from '../../../src/health/health-state.ts'
import { reduceHealth } from '../../../src/health/reduce-health.ts'

const settings = { fall: 3, rise: 2 }

const evidence = (weight: EvidenceWeight, reason: HealthReason = 'probe-timeout'): Evidence => ({
  weight,
  reason,
  message: `${weight} ${reason}`,
})

type Extra<T extends HealthEvent['type']> = Partial<Extract<HealthEvent, { type: T }>>

const success = (extra: Extra<'probe-succeeded'> = {}): HealthEvent => ({
  type: 'probe-succeeded',
  generation: 1,
  kind: 'regular',
  newConnection: false,
  capabilities: [],
  notEligible: undefined,
  nothingUp: false,
  ...extra,
})

const failure = (weight: EvidenceWeight, reason?: HealthReason, extra: Extra<'probe-failed'> = {}): HealthEvent => ({
  type: 'probe-failed',
  generation: 1,
  kind: 'regular',
  connecting: false,
  evidence: evidence(weight, reason),
  capability: undefined,
  connectionAnswers: false,
  since: 0,
  ...extra,
})

const observed = (weight: EvidenceWeight, reason?: HealthReason, extra: Extra<'observed'> = {}): HealthEvent => ({
  type: 'observed',
  generation: 1,
  evidence: evidence(weight, reason),
  connectionAnswers: false,
  since: 0,
  ...extra,
})

const replied: HealthEvent = { type: 'replied', generation: 1 }

/** Runs events a second apart; generations follow the state unless the event says otherwise. */
const run = (events: readonly HealthEvent[], from: HealthState = initialHealth, startAt = 0) => {
  let state = from
  const effects: HealthEffect[] = []
  for (const [index, event] of events.entries()) {
    const current = 'generation' in event && event.generation === 1 ? { ...event, generation: state.generation } : event
    const transition = reduceHealth(state, current, startAt + 1000 * index, settings)
    state = transition.state
    effects.push(...transition.effects)
  }
  return { state, effects, kinds: effects.map(({ type }) => type), seen: endpointState(state), strikes: strikes(state) }
}

const phases: Readonly<Record<'unknown' | 'up' | 'suspect' | 'down', HealthState>> = {
  unknown: initialHealth,
  up: run([success()]).state,
  suspect: run([success(), failure('soft')]).state,
  down: run([success(), failure('conclusive', 'connection-refused')]).state,
}

describe('each weight of evidence in each phase', () => {
  it.each<[EvidenceWeight, HealthReason, keyof typeof phases, string, number]>([
    ['none', 'reply-received', 'unknown', 'unknown', 0],
    ['none', 'reply-received', 'up', 'up', 0],
    ['none', 'reply-received', 'suspect', 'suspect', 1],
    ['none', 'reply-received', 'down', 'down', 0],
    ['local', 'local-fault', 'unknown', 'unknown', 0],
    ['local', 'local-fault', 'up', 'up', 0],
    ['local', 'local-fault', 'suspect', 'suspect', 1],
    ['local', 'local-fault', 'down', 'down', 0],
    ['soft', 'probe-timeout', 'unknown', 'unknown', 1],
    ['soft', 'probe-timeout', 'up', 'suspect', 1],
    ['soft', 'probe-timeout', 'suspect', 'suspect', 2],
    ['soft', 'probe-timeout', 'down', 'down', 1],
    ['hard', 'connection-lost', 'unknown', 'unknown', 2],
    ['hard', 'connection-lost', 'up', 'suspect', 2],
    ['hard', 'connection-lost', 'suspect', 'suspect', 2],
    ['hard', 'connection-lost', 'down', 'down', 0],
    ['conclusive', 'loading', 'unknown', 'down', 0],
    ['conclusive', 'loading', 'up', 'down', 0],
    ['conclusive', 'loading', 'suspect', 'down', 1],
    ['conclusive', 'loading', 'down', 'down', 0],
    ['refuses-connections', 'authentication-failed', 'up', 'down', 0],
    ['refuses-connections', 'authentication-failed', 'unknown', 'down', 0],
    ['not-writable', 'read-only', 'up', 'up', 0],
    ['not-writable', 'read-only', 'suspect', 'suspect', 1],
  ])('%s (%s) on %s gives %s with %d strikes', (weight, reason, phase, seen, count) => {
    const after = run([failure(weight, reason)], phases[phase], 5000)
    expect([after.seen, after.strikes]).toEqual([seen, count])
    if (weight === 'not-writable') expect(after.state).toMatchObject({ writable: false, notWritableReason: reason })
    else expect(after.state.writable).toBe(true)
    if (weight === 'local') expect(after.kinds).toEqual(['observer-suspect'])
  })
})

describe('an outcome', () => {
  it('of an older generation never changes anything', () => {
    const { state } = run([success(), failure('conclusive', 'loading')])
    expect(state.generation).toBe(2)
    for (const event of [success(), failure('soft'), failure('conclusive'), observed('hard'), replied]) {
      expect(reduceHealth(state, { ...event, generation: 0 } as HealthEvent, 9000, settings)).toEqual({
        state,
        effects: [],
      })
      expect(reduceHealth(state, event, 9000, settings)).toEqual({ state, effects: [] })
    }
  })

  it('of a removed endpoint changes nothing', () => {
    const { state } = run([success(), { type: 'remove' }])
    expect(
      reduceHealth(state, { ...success(), generation: state.generation } as HealthEvent, 9000, settings).state,
    ).toBe(state)
  })
})

describe('DOWN', () => {
  it('comes with the last of fall strikes, and says how many', () => {
    const { effects, seen } = run([success(), failure('soft'), failure('soft'), failure('soft')])
    expect(seen).toBe('down')
    const changes = effects.filter((effect) => effect.type === 'changed')
    expect(changes.map(({ from, to, strikes: count }) => [from, to, count])).toEqual([
      ['unknown', 'up', 0],
      ['up', 'suspect', 1],
      ['suspect', 'down', 3],
    ])
  })

  it('does not come of two strikes and a success between', () => {
    const { seen, strikes: count } = run([
      success(),
      failure('soft'),
      failure('soft'),
      success(),
      failure('soft'),
      failure('soft'),
    ])
    expect([seen, count]).toEqual(['suspect', 2])
  })

  it('destroys the connections and starts a new generation', () => {
    const { state, kinds } = run([success(), failure('conclusive', 'loading')])
    expect(state.generation).toBe(2)
    expect(kinds).toContain('destroy-connections')
  })

  it('is soft only where the endpoint merely did not answer', () => {
    const soft = run([success(), failure('soft'), failure('soft'), failure('soft')]).state.phase
    const hard = run([success(), failure('conclusive', 'connection-refused')]).state.phase
    expect(soft).toMatchObject({ kind: 'down', soft: true })
    expect(hard).toMatchObject({ kind: 'down', soft: false })
  })

  it.each([
    [false, [1], 'down'],
    [false, [1, 1], 'up'],
    [false, [1, 0, 1], 'down'],
    [true, [1], 'up'],
  ])('ends (nothing else up: %s) after successes %j as %s', (nothingUp, outcomes, seen) => {
    const events = outcomes.map((ok) => (ok === 1 ? success({ nothingUp }) : failure('soft')))
    expect(run(events, phases.down, 5000).seen).toBe(seen)
  })

  it('counts its failed probes, for the wait before the next', () => {
    const { state } = run([failure('soft'), failure('conclusive', 'connection-refused'), failure('hard')], phases.down)
    expect(state.phase).toMatchObject({ kind: 'down', failures: 3, successes: 0 })
    expect(state.confirming).toBe(false)
  })

  it('of an endpoint that drains is seen when it resumes', () => {
    const { effects, seen } = run([success(), { type: 'drain' }, failure('conclusive', 'loading'), { type: 'resume' }])
    expect(seen).toBe('down')
    expect(effects.filter((effect) => effect.type === 'changed').map(({ to }) => to)).toEqual([
      'up',
      'draining',
      'down',
    ])
  })
})

describe('a lost connection', () => {
  const lost = observed('hard', 'connection-lost')

  it('asks for one confirmation, however many are lost together', () => {
    const { kinds, strikes: count, state } = run([success(), lost, lost, lost])
    expect(kinds.filter((kind) => kind === 'confirm')).toHaveLength(1)
    expect([count, state.confirming]).toEqual([2, true])
  })

  it.each<[string, readonly HealthEvent[], string]>([
    ['confirmed alive', [success({ kind: 'confirming', newConnection: true })], 'up'],
    [
      'met by a refusal',
      [failure('conclusive', 'connection-refused', { kind: 'confirming', connecting: true })],
      'down',
    ],
    ['met by silence', [failure('soft', 'connect-timeout', { kind: 'confirming', connecting: true })], 'down'],
    ['met by a second loss', [failure('hard', 'connection-lost', { kind: 'confirming' })], 'suspect'],
    [
      'met by two losses',
      [
        failure('hard', 'connection-lost', { kind: 'confirming' }),
        failure('hard', 'connection-lost', { kind: 'confirming' }),
      ],
      'down',
    ],
    [
      'met by a wrong password, nothing else answering',
      [failure('refuses-connections', 'authentication-failed', { kind: 'confirming' })],
      'down',
    ],
    [
      'met by a wrong password while another connection answers',
      [failure('refuses-connections', 'authentication-failed', { kind: 'confirming', connectionAnswers: true })],
      'up',
    ],
    [
      'met by a name not found once',
      [failure('refuses-connections', 'name-not-found', { kind: 'confirming' })],
      'suspect',
    ],
    [
      'met by a name not found twice',
      [
        failure('refuses-connections', 'name-not-found', { kind: 'confirming' }),
        failure('refuses-connections', 'name-not-found', { kind: 'confirming' }),
      ],
      'down',
    ],
    ['met by a local fault', [failure('local', 'local-fault', { kind: 'confirming' })], 'suspect'],
    ['met by an application’s reply', [replied], 'suspect'],
  ])('and %s', (_what, events, seen) => {
    expect(run([success(), lost, ...events]).seen).toBe(seen)
  })

  it('is settled by another connection that answers where our own machine cannot connect', () => {
    const { state } = run([
      success(),
      lost,
      failure('local', 'local-fault', { kind: 'confirming', connectionAnswers: true }),
    ])
    expect([state.confirming, strikes(state)]).toEqual([false, 0])
  })
})

describe('a fresh connection that fails', () => {
  it.each<[EvidenceWeight, HealthReason, boolean, boolean, string, boolean]>([
    ['soft', 'connect-timeout', true, true, 'up', false],
    ['hard', 'connection-lost', true, true, 'up', false],
    ['conclusive', 'connection-refused', true, true, 'up', false],
    ['refuses-connections', 'too-many-connections', true, true, 'up', false],
    ['refuses-connections', 'name-not-found', true, true, 'up', false],
    ['local', 'local-fault', true, true, 'up', true],
    ['none', 'connection-lost', true, true, 'up', true],
    // Without a connection that answers, the monitor's own probes judge silence and loss.
    ['soft', 'connect-timeout', true, false, 'up', true],
    ['hard', 'connection-lost', true, false, 'up', true],
    ['conclusive', 'connection-refused', true, false, 'down', true],
    // An answer on the new connection counts for the server.
    ['conclusive', 'loading', false, true, 'down', true],
    ['not-writable', 'read-only', false, true, 'up', true],
  ])(
    'with %s (%s; connecting: %s, another answers: %s) leaves it %s, accepting: %s',
    (weight, reason, connecting, connectionAnswers, seen, accepts) => {
      const after = run([failure(weight, reason, { kind: 'fresh', connecting, connectionAnswers })], phases.up)
      expect([after.seen, after.state.acceptsConnections]).toEqual([seen, accepts])
      expect(after.state.writable).toBe(weight !== 'not-writable')
    },
  )

  it('is told once, and again when they are accepted', () => {
    const refused = failure('refuses-connections', 'authentication-failed', { kind: 'fresh', connectionAnswers: true })
    const { kinds, state } = run([
      success(),
      refused,
      refused,
      success(),
      success({ kind: 'fresh', newConnection: true }),
    ])
    expect(kinds.filter((kind) => kind.startsWith('connections'))).toEqual([
      'connections-refused',
      'connections-accepted',
    ])
    expect(state.acceptsConnections).toBe(true)
  })

  it('means more when a data connection is lost too, until connections are accepted again', () => {
    const refused = failure('refuses-connections', 'authentication-failed', { kind: 'fresh', connectionAnswers: true })
    const lost: HealthEvent = { type: 'data-connection', generation: 1, lost: true }
    expect(run([success(), lost]).state.dataConnectionLost).toBe(false)
    expect(run([success(), refused, lost]).state.dataConnectionLost).toBe(true)
    expect(run([success(), refused, lost, success({ newConnection: true })]).state.dataConnectionLost).toBe(false)
  })
})

describe('strikes of a check that proves an ability', () => {
  const setGetFails = failure('soft', 'check-failed', { capability: 'setGet' })

  it('are cleared only by that check', () => {
    expect(run([success(), setGetFails, setGetFails, replied]).strikes).toBe(2)
    // Nor where the reply clears a strike of another kind beside them.
    const beside = run([success(), setGetFails, failure('soft'), replied])
    expect([beside.seen, beside.strikes]).toEqual(['suspect', 1])
    expect(run([success(), setGetFails, setGetFails, success({ capabilities: [] })]).strikes).toBe(2)
    expect(run([success(), setGetFails, setGetFails, success({ capabilities: ['setGet'] })]).strikes).toBe(0)
  })

  it('add up to DOWN with those of liveness, and do not add up between checks', () => {
    expect(run([success(), setGetFails, setGetFails, failure('soft')]).seen).toBe('down')
    const role = failure('soft', 'check-failed', { capability: 'role' })
    expect(run([success(), setGetFails, role, setGetFails, role]).seen).toBe('suspect')
  })
})

describe('a reply to the application', () => {
  it('clears strikes of silence and probes, and has a silent monitor replaced', () => {
    const { seen, strikes: count, kinds } = run([success(), failure('soft'), failure('soft'), replied])
    expect([seen, count]).toEqual(['up', 0])
    expect(kinds).toContain('replace-monitor')
    expect(run([success(), observed('soft', 'silence'), replied]).kinds).not.toContain('replace-monitor')
  })

  it('ends no DOWN', () => {
    expect(run([replied], phases.down).seen).toBe('down')
  })
})

describe('writability', () => {
  it('is taken by a refusal and given back by a proof', () => {
    const proven: HealthEvent = { type: 'proven-writable', generation: 1 }
    const { state, effects } = run([success(), observed('not-writable', 'read-only'), success(), proven])
    expect(state).toMatchObject({ writable: true, notWritableReason: undefined, capabilityProven: true })
    expect(effects.filter((effect) => effect.type === 'changed')).toHaveLength(3)
  })
})

describe('uninterrupted time up', () => {
  it('runs from the first success, is paused by a failed probe and begins anew after DOWN', () => {
    const up = run([success()])
    expect(steadyMs(up.state, 10_000)).toBe(10_000)
    const paused = reduceHealth(up.state, failure('soft'), 10_000, settings).state
    expect(steadyMs(paused, 15_000)).toBe(10_000)
    const resumed = reduceHealth(paused, success(), 15_000, settings).state
    expect(steadyMs(resumed, 20_000)).toBe(15_000)
    const dead = reduceHealth(resumed, failure('conclusive', 'loading'), 20_000, settings).state
    expect(steadyMs(dead, 30_000)).toBe(0)
    const back = run([success(), success()], dead, 30_000).state
    // From the success that made it up, not from the first of two.
    expect(steadyMs(back, 32_000)).toBe(1000)
  })
})

describe('time towards the grace', () => {
  const failAt = (state: HealthState, now: number) => reduceHealth(state, failure('soft'), now, settings).state
  const passAt = (state: HealthState, now: number) => reduceHealth(state, success(), now, settings).state

  it('is paused by a failed probe, and begins anew with a second one within ten seconds', () => {
    const once = passAt(failAt(run([success()]).state, 20_000), 20_500)
    expect(graceTimeMs(once, 25_500)).toBe(25_000)
    const twice = passAt(failAt(once, 30_000), 30_500)
    expect(graceTimeMs(twice, 31_500)).toBe(1000)
    // A death is forgotten for time up, however shaky.
    expect(steadyMs(twice, 31_500)).toBe(30_500)
  })

  it('goes on where the second one comes later than that', () => {
    const once = passAt(failAt(run([success()]).state, 20_000), 20_500)
    const twice = passAt(failAt(once, 30_001), 30_501)
    expect(graceTimeMs(twice, 31_501)).toBe(30_501)
  })
})

describe('the operator', () => {
  it('drains and resumes without touching health', () => {
    const { effects, state } = run([
      success(),
      { type: 'drain' },
      { type: 'drain' },
      success(),
      { type: 'resume' },
      { type: 'resume' },
    ])
    expect(
      effects.filter((effect) => effect.type === 'changed').map(({ from, to, reason }) => [from, to, reason]),
    ).toEqual([
      ['unknown', 'up', 'probe-succeeded'],
      ['up', 'draining', 'draining'],
      ['draining', 'up', 'resumed'],
    ])
    expect(state.generation).toBe(1)
  })

  it('reconfigures into the unknown, in a new generation', () => {
    const { state, seen } = run([success(), failure('soft'), { type: 'reconfigure' }])
    expect([seen, state.generation, strikes(state)]).toEqual(['unknown', 2, 0])
  })
})

describe('the first sign of trouble', () => {
  it('is told once until the trouble is over', () => {
    const trouble = (events: readonly HealthEvent[]): number =>
      run(events).kinds.filter((kind) => kind === 'trouble').length
    expect(trouble([success(), failure('soft'), failure('soft'), failure('soft')])).toBe(1)
    expect(trouble([success(), failure('soft'), success(), failure('soft')])).toBe(2)
    expect(trouble([success(), observed('hard', 'connection-lost'), failure('soft')])).toBe(1)
  })
})

it('another connect that fails while a loss is being confirmed does not answer the confirmation', () => {
  const settings = { fall: 3, rise: 2 }
  const up = { ...initialHealth, phase: { kind: 'up', since: 0 } } as const
  const evidence = { weight: 'hard', reason: 'connection-lost', message: 'the peer closed the connection' } as const
  const lost = { type: 'observed', generation: 1, evidence, connectionAnswers: true, since: 10 } as const
  const confirming = reduceHealth(up, lost, 10, settings).state
  expect(confirming.confirming).toBe(true)
  const refused = { weight: 'conclusive', reason: 'connection-refused', message: 'the connection was refused' } as const
  const failed = {
    type: 'probe-failed',
    generation: 1,
    capability: undefined,
    connectionAnswers: true,
    since: 9,
  } as const
  const standby = { ...failed, kind: 'fresh', connecting: true, evidence: refused } as const
  const after = reduceHealth(confirming, standby, 11, settings)
  expect(after.effects).toEqual([])
  expect(after.state).toMatchObject({ confirming: true, acceptsConnections: true, phase: { kind: 'suspect' } })
  const confirmed = reduceHealth(after.state, { ...standby, kind: 'confirming' }, 12, settings)
  expect(confirmed.state.phase).toMatchObject({ kind: 'down', reason: 'connection-refused' })
})
