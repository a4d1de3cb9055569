import { describe, expect, it } from 'vitest'
import { judgeTopology } from '../../../src/health/checks/topology.ts'
import { initialHealth } from '../../../src/health/health-state.ts'
import { managedEvidence } from '../../../src/health/managed-evidence.ts'
import { reduceHealth } from '../../../src/testing.ts'

const report = { ok: true, primaries: 3, answering: 3, message: 'all is well' }

describe('judging a topology', () => {
  it.each([
    [{}, 'all', true],
    [{ answering: 2 }, 'all', false],
    [{ answering: 2 }, 2, true],
    [{ answering: 1 }, 2, false],
    [{ ok: false }, 'all', false],
    [{ ok: false }, 1, false],
    // More than there are can never answer; nobody meant that as "all".
    [{}, 4, false],
  ] as const)('of %o with %s needed: healthy is %s', (changes, needed, expected) => {
    expect(judgeTopology({ ...report, ...changes }, needed).healthy).toBe(expected)
  })
})

const settings = { fall: 3, rise: 2, topologyGrace: 1000 }
const lost = (weight: 'soft' | 'conclusive', generation = 1) =>
  ({
    type: 'topology-lost',
    generation,
    since: 0,
    evidence: { weight, reason: 'topology-not-ok', message: 'out of order' },
  }) as const
const up = { ...initialHealth, phase: { kind: 'up', since: 0 } } as const

describe('a lost topology', () => {
  it('makes suspect within the grace, and DOWN when it is over', () => {
    const first = reduceHealth(up, lost('conclusive'), 10, settings)
    expect(first.state).toMatchObject({ phase: { kind: 'suspect' }, troubleSince: 0 })
    const within = reduceHealth(first.state, lost('conclusive'), 999, settings)
    expect(within.state.phase.kind).toBe('suspect')
    const over = reduceHealth(within.state, lost('soft'), 1000, settings)
    expect(over.state).toMatchObject({ phase: { kind: 'down', soft: true }, generation: 2 })
    expect(over.effects.map(({ type }) => type)).toContain('destroy-connections')
  })

  it('is DOWN at once where it was never in order, and without a grace', () => {
    expect(reduceHealth(initialHealth, lost('conclusive'), 10, settings).state.phase.kind).toBe('down')
    expect(reduceHealth(up, lost('conclusive'), 10, { ...settings, topologyGrace: 0 }).state.phase.kind).toBe('down')
  })

  it('of an older generation changes nothing', () => {
    expect(reduceHealth(up, lost('conclusive', 7), 5000, settings)).toEqual({ state: up, effects: [] })
  })
})

describe('what is seen of one server of several', () => {
  const evidence = { weight: 'hard', reason: 'connection-lost', message: 'gone' } as const
  const facts = { generation: 1, evidence, connectionAnswers: false, since: 0 } as const

  it('is no evidence: lost connections, failing commands, replies', () => {
    expect(managedEvidence({ type: 'observed', ...facts })).toBeUndefined()
    expect(managedEvidence({ type: 'replied', generation: 1 })).toBeUndefined()
  })

  it('by a fresh client counts only where it is turned away although another one is answered', () => {
    const refused = { weight: 'refuses-connections', reason: 'authentication-failed', message: 'WRONGPASS' } as const
    const failed = { type: 'probe-failed', ...facts, kind: 'fresh', connecting: true, capability: undefined } as const
    const turnedAway = { ...failed, evidence: refused, connectionAnswers: true } as const
    expect(managedEvidence(turnedAway)).toEqual(turnedAway)
    expect(managedEvidence({ ...turnedAway, connectionAnswers: false })).toBeUndefined()
    expect(managedEvidence({ ...turnedAway, connecting: false })).toBeUndefined()
    // A promotion is under way, and this one still went to the old server.
    expect(managedEvidence({ ...failed, connectionAnswers: true })).toBeUndefined()
  })

  it('by a regular probe is a lost topology, whatever it weighs for one server', () => {
    const regular = {
      type: 'probe-failed',
      ...facts,
      kind: 'regular',
      connecting: true,
      capability: undefined,
    } as const
    expect(managedEvidence(regular)).toMatchObject({ type: 'topology-lost', evidence: { weight: 'conclusive' } })
  })
})
