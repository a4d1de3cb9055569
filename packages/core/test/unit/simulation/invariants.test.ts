import { describe, expect, it } from 'vitest'
import { presets } from '../../../src/options/presets.ts'
import { GroupModel } from '../../../src/testing/simulation/group-model.ts'
import { commandsInvariant, retryBudgetInvariant } from '../../../src/testing/simulation/invariants/commands.ts'
import { detectionInvariant } from '../../../src/testing/simulation/invariants/detection.ts'
import { eventsInvariant } from '../../../src/testing/simulation/invariants/events.ts'
import { figuresInvariant } from '../../../src/testing/simulation/invariants/figures.ts'
import { healthInvariant } from '../../../src/testing/simulation/invariants/health.ts'
import type { Invariant, Observed } from '../../../src/testing/simulation/invariants/invariant.ts'
import { leaseInvariant } from '../../../src/testing/simulation/invariants/leases.ts'
import { messagesInvariant } from '../../../src/testing/simulation/invariants/messages.ts'
import { movesInvariant } from '../../../src/testing/simulation/invariants/moves.ts'
import { probesInvariant } from '../../../src/testing/simulation/invariants/probes.ts'
import { selectionInvariant } from '../../../src/testing/simulation/invariants/selection.ts'
import type { CallRecord } from '../../../src/testing/simulation/world/ledger.ts'

/** A trace made by hand, so that it can be wrong in every way. */
class Trace {
  readonly model = new GroupModel()
  readonly reported: number[] = []
  now = 0
  snapshot: unknown = { endpoints: [], lifecycle: 'started', waiting: 0, waitingForLease: 0 }
  readonly observed: Observed = {
    now: () => this.now,
    model: this.model,
    snapshot: () => this.snapshot as ReturnType<Observed['snapshot']>,
    report: (invariant) => this.reported.push(invariant),
    truth: {
      wellSince: () => -Infinity,
      lastStall: () => ({ from: -Infinity, to: -Infinity }),
      lastOperationAt: () => -Infinity,
      isHarmless: false,
    },
    settings: {
      health: () => presets.default.health,
      failback: presets.default.failback,
      isSpread: false,
      isChecked: true,
      attempts: 3,
      retryBudget: { ratio: 0.2, burst: 1 },
      poolMax: 2,
      isEvictedOnConnectFailure: false,
      hasMoodyChecks: false,
      hasMeddlers: false,
    },
  }
  #seq = 0

  constructor() {
    for (const id of ['east', 'west']) this.event({ type: 'endpoint-added', endpointId: id, weight: 1, order: 0 })
  }

  event(fields: Record<string, unknown>, invariant?: Invariant): this {
    this.#seq += 1
    const event = { seq: this.#seq, at: 0, group: 'redis', ...fields } as never
    invariant?.onEvent?.(event)
    this.model.apply(event, this.now)
    invariant?.afterEvent?.(event)
    return this
  }

  health(
    endpointId: string,
    from: string,
    to: string,
    more: Record<string, unknown> = {},
    invariant?: Invariant,
  ): this {
    const generation = (this.model.endpoints.get(endpointId)?.generation ?? 1) + (to === 'down' ? 1 : 0)
    const facts = { reason: 'connection-refused', message: 'why', strikes: 3, generation, writable: true }
    return this.event({ type: 'health-changed', endpointId, from, to, ...facts, ...more }, invariant)
  }
}

const callOf = (facts: Partial<CallRecord> = {}): CallRecord => ({
  number: 1,
  kind: 'set',
  writes: ['u1'],
  repeatable: false,
  at: 0,
  dueAt: Infinity,
  lossesBefore: 0,
  sentTo: ['east'],
  settledAt: undefined,
  answer: undefined,
  error: undefined,
  ...facts,
})

describe('each invariant is able to fail:', () => {
  it('1 and 9, a move to an endpoint that is DOWN, or from one for a reason that is not so', () => {
    const trace = new Trace()
    const invariant = selectionInvariant(trace.observed)
    trace.health('east', 'unknown', 'up').event({ type: 'activated', to: 'east', epoch: 1 }, invariant)
    expect(trace.reported).toEqual([])
    trace.event({ type: 'failover', from: 'east', to: 'west', reason: 'down', epoch: 2 }, invariant)
    expect(trace.reported).toEqual([9, 1])
    invariant.onSent?.(callOf(), 'west')
    expect(trace.reported).toEqual([9, 1, 1])
    trace.now = 5
    trace.health('east', 'up', 'down')
    invariant.onSent?.(callOf({ kind: 'lease' }), 'east')
    expect(trace.reported).toEqual([9, 1, 1])
    invariant.onSent?.(callOf(), 'east')
    trace.now = 6
    invariant.onSent?.(callOf({ kind: 'lease' }), 'east')
    expect(trace.reported).toEqual([9, 1, 1, 1, 1])
  })

  it('8, a failback before the grace or too soon after the last switch', () => {
    const trace = new Trace()
    const invariant = movesInvariant(trace.observed)
    trace.health('east', 'unknown', 'up')
    trace.now = 11_000
    trace.event({ type: 'failback', from: 'west', to: 'east', graceMs: 10_000, epoch: 1 }, invariant)
    expect(trace.reported).toEqual([])
    trace.now = 12_000
    trace.event({ type: 'failback', from: 'west', to: 'east', graceMs: 5000, epoch: 2 }, invariant)
    expect(trace.reported).toEqual([8, 8])
  })

  it('7 and 10, DOWN without evidence, up without a check, a generation that goes back', () => {
    const trace = new Trace()
    const invariant = healthInvariant(trace.observed)
    trace.health('east', 'unknown', 'up')
    trace.health('east', 'up', 'down', { reason: 'probe-timeout', strikes: 1 }, invariant)
    expect(trace.reported).toEqual([10, 10])
    trace.health('east', 'down', 'up', {}, invariant)
    expect(trace.reported.at(-1)).toBe(7)
    trace.health('east', 'up', 'suspect', { generation: 1 }, invariant)
    expect(trace.reported).toEqual([10, 10, 7, 7])
  })

  it('3, 4, 5 and 29, calls that are late, repeated too often, executed twice or not at all', () => {
    const trace = new Trace()
    const executed = new Map([['u1', ['east']]])
    const invariant = commandsInvariant((write) => executed.get(write) ?? [])(trace.observed)
    invariant.onSettled?.(callOf({ answer: 'acknowledged' }))
    expect(trace.reported).toEqual([])
    invariant.onSettled?.(callOf({ number: 2, answer: 'acknowledged', writes: ['lost'] }))
    invariant.onSettled?.(callOf({ number: 3, answer: 'refused' }))
    invariant.onExecuted?.({ call: callOf(), endpointIds: ['east', 'west'] }, 'west')
    invariant.onExecuted?.({ call: callOf({ answer: 'refused' }), endpointIds: ['east'] }, 'east')
    invariant.onSent?.(callOf({ sentTo: ['east', 'east', 'east', 'west'] }), 'west')
    trace.now = 500
    invariant.onSettled?.(callOf({ number: 4, answer: 'ambiguous', dueAt: 400 }))
    invariant.onSettled?.(callOf({ number: 4, answer: 'ambiguous' }))
    expect(trace.reported).toEqual([29, 5, 5, 5, 4, 3, 3])
  })

  it('4 and 17, more repeats than the budget has', () => {
    const trace = new Trace()
    const invariant = retryBudgetInvariant(() => 0)(trace.observed)
    for (let sent = 0; sent < 5; sent += 1) invariant.onSent?.(callOf(), 'east')
    invariant.onSettled?.(callOf({ sentTo: ['east', 'east'] }))
    expect(trace.reported).toEqual([])
    invariant.onSettled?.(callOf({ sentTo: ['east', 'east', 'east'] }))
    expect(trace.reported).toEqual([4])
  })

  it('24 and 25, events out of order, of nothing, or that the snapshot does not agree with', () => {
    const trace = new Trace()
    const invariant = eventsInvariant(trace.observed)
    trace.event({ type: 'unpinned' }, invariant).event({ type: 'unpinned', seq: 1 }, invariant)
    expect(trace.reported).toEqual([24])
    trace.snapshot = { endpoints: [{ id: 'east', state: 'up', generation: 2, writable: true }] }
    trace.health('east', 'suspect', 'down', {}, invariant)
    expect(trace.reported).toEqual([24, 24, 25])
    invariant.onLook?.({ active: 'west', epoch: 0, endpoints: [], lifecycle: 'started' } as never)
    expect(trace.reported).toEqual([24, 24, 25, 24, 24])
  })

  it('13, 14 and 18, counters and averages that cannot be', () => {
    const trace = new Trace()
    const invariant = figuresInvariant(trace.observed)
    const pool = { open: 3, idle: 0, lent: 0, waiting: 0 }
    const one = { id: 'east', inFlight: -1, roundTripMs: 5, steadyMs: Number.NaN, strikes: 0, pool }
    invariant.onLook?.({ endpoints: [one], waiting: 0, waitingForLease: 0 } as never)
    expect(trace.reported).toEqual([13, 14, 14, 18])
  })

  it('12 and 23, probes too close to each other, and an endpoint that is forgotten', () => {
    const trace = new Trace()
    const invariant = probesInvariant(trace.observed)
    const probe = { type: 'check-started', endpointId: 'east', check: 'ping', connection: 'monitor' }
    trace.event(probe, invariant)
    trace.now = 99
    trace.event(probe, invariant)
    expect(trace.reported).toEqual([12])
    trace.now = 60_000
    invariant.onLook?.({ lifecycle: 'started' } as never)
    expect(trace.reported).toEqual([12, 23])
  })

  it('19 and 22, a dead endpoint that stays active, commands that go on waiting', () => {
    const trace = new Trace()
    const detection = detectionInvariant(trace.observed, { wellIds: () => ['east', 'west'], canServe: () => true })
    for (const id of ['east', 'west']) trace.health(id, 'unknown', 'up')
    trace.event({ type: 'activated', to: 'east', epoch: 1 })
    detection.onFault('hung', ['east'])
    trace.now = 3000
    detection.onStep?.()
    expect(trace.reported).toEqual([])
    trace.now = 5000
    detection.onStep?.()
    expect(trace.reported).toEqual([19])
    for (const id of ['east', 'west']) trace.health(id, 'up', 'down')
    trace.event({ type: 'all-down', causes: {} })
    detection.onHealed(['west'])
    trace.now = 10_000
    detection.onStep?.()
    expect(trace.reported).toEqual([19, 22])
  })

  it('18, a connection that is lent twice, or dead', () => {
    const reported: number[] = []
    const leases = leaseInvariant({
      isOpen: (id) => id < 2,
      isClosedNow: (id) => id === 3,
      report: (invariant) => reported.push(invariant),
    })
    leases.onLent(1, 'east')
    leases.onEnded(1)
    leases.onLent(1, 'east')
    expect(reported).toEqual([])
    leases.onLent(1, 'east')
    leases.onLent(2, 'east')
    expect(reported).toEqual([18, 18])
    leases.onLent(3, 'east')
    expect(reported).toEqual([18, 18])
  })

  it('24, a message that comes twice', () => {
    const reported: number[] = []
    const messages = messagesInvariant((invariant) => reported.push(invariant))
    for (const message of ['east:1', 'west:1', 'east:3', 'east:3']) messages.onMessage(0, 'news', message)
    expect(reported).toEqual([24])
  })
})
