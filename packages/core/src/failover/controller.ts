import type { EndpointRecord } from '../endpoint/endpoint-record.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { SwitchReason } from '../events/event-map.ts'
import type { HealthEvent } from '../health/health-event.ts'
import { isLive, steadyMs } from '../health/health-state.ts'
import { reduceHealth } from '../health/reduce-health.ts'
import type { Timer } from '../runtime/clock.ts'
import type { TimerScope } from '../runtime/timer-scope.ts'
import { changesNothingAtOnce } from './changes-nothing-at-once.ts'
import type { ControllerPorts } from './controller-ports.ts'
import { decide, unfitness } from './decide.ts'
import type { Decision } from './decision-view.ts'
import { causeOf } from './explain.ts'
import type { GroupState } from './group-state.ts'
import { performEffect } from './health-effects.ts'
import { decayed, recordDeath } from './hold-down.ts'

const EVALUATE_SOON_MS = 250

export interface ControllerOptions<TOptions> {
  readonly state: GroupState<TOptions>
  readonly bus: EventBus
  readonly timers: TimerScope
  readonly ports: ControllerPorts<TOptions>
}

/**
 * Commits what the pure functions decide, and has the effects done: first the state, then the events. The only place
 * that assigns an endpoint's health and the active endpoint.
 */
export class Controller<TOptions = unknown> {
  readonly #options: ControllerOptions<TOptions>
  #evaluating = false
  #again = false
  #recheck: Timer | undefined
  #soon: Timer | undefined
  #observerSuspected = false
  #closed = false

  constructor(options: ControllerOptions<TOptions>) {
    this.#options = options
  }

  /** An observation about an endpoint: changes its health and whatever follows from it. */
  apply(record: EndpointRecord<TOptions>, event: HealthEvent): void {
    if (this.#closed) return
    const { state, timers, ports } = this.#options
    const now = timers.clock.now()
    const before = record.health
    const { state: after, effects } = reduceHealth(before, event, now, record.config.health)
    if (after === before && effects.length === 0) return
    const died = after.phase.kind === 'down' && before.phase.kind !== 'down'
    const inUse = died && (ports.spread || state.activeId === record.id)
    // The time up that decay is counted by begins anew, so what it has earned so far is settled.
    if (inUse || steadyMs(after, now) < steadyMs(before, now)) {
      const holdDown = decayed(state.holdDown(record.id), steadyMs(before, now))
      state.setHoldDown(record.id, inUse ? recordDeath(holdDown, state.options.random) : holdDown)
    }
    if (after.generation !== before.generation) record.roundTripMs = undefined
    record.health = after
    if (isLive(after)) state.firstUpAt ??= now
    record.refreshView()
    this.#withoutEvaluating(() => {
      // Where one answers again, the active one may as well.
      if (isLive(after) && !isLive(before) && state.active !== record && state.active?.health.phase.kind === 'down')
        ports.probeNow(state.active)
      for (const effect of effects) performEffect(record, effect, this.#options)
      if (after.generation !== before.generation && after.operator !== 'removed') ports.restartMonitor(record)
      else if (before.writable && !after.writable) ports.probeSooner(record)
    })
    if (this.#again || !this.#isServed() || !changesNothingAtOnce(before, after, effects)) this.evaluate()
    else this.#evaluateSoon()
  }

  // What listeners ask for meanwhile waits until all effects are done.
  #withoutEvaluating(work: () => void): void {
    const outer = this.#evaluating
    this.#evaluating = true
    try {
      work()
    } finally {
      this.#evaluating = outer
    }
  }

  #isServed(): boolean {
    const { active, options } = this.#options.state
    return active !== undefined && unfitness(this.#options.state.viewOf(active), options) === undefined
  }

  /** Looks at the whole state and brings about what should be. Safe to call at any time; calls from within queue. */
  evaluate(): void {
    this.#again = true
    if (this.#evaluating || this.#closed) return
    this.#evaluating = true
    try {
      while (this.#again) {
        this.#again = false
        this.#evaluateOnce()
      }
    } finally {
      this.#evaluating = false
    }
  }

  // One good probe after another moves nobody; strategies that go by latency are asked a little later, once for many.
  #evaluateSoon(): void {
    this.#soon ??= this.#options.timers.set(EVALUATE_SOON_MS, () => {
      this.#soon = undefined
      this.evaluate()
    })
  }

  /** Makes an endpoint active because an operator said so. */
  switchTo(record: EndpointRecord<TOptions>, pin: boolean): void {
    const { state, bus } = this.#options
    if (!pin && state.pinnedId !== record.id) this.unpin('operator')
    this.#withoutEvaluating(() => {
      if (state.activeId !== record.id) this.#commit(record.id, { reason: 'operator', voluntary: false, graceMs: 0 })
    })
    // The operator has chosen: no better endpoint is moved to without grace any more.
    state.commandSent = true
    if (pin && state.pinnedId !== record.id) {
      state.pinnedId = record.id
      bus.emit('pinned', { endpointId: record.id })
    }
    this.evaluate()
  }

  unpin(reason: 'operator' | 'failed' | 'removed' | 'draining'): void {
    const { state, bus } = this.#options
    const endpointId = state.pinnedId
    if (endpointId === undefined) return
    state.pinnedId = undefined
    bus.emit('unpinned', { endpointId, reason })
    this.evaluate()
  }

  close(): void {
    this.#closed = true
    this.#recheck?.cancel()
    this.#soon?.cancel()
  }

  #evaluateOnce(): void {
    const { state, timers, ports } = this.#options
    const now = timers.clock.now()
    this.#watchForAllDown(now)
    this.#releaseUnfitPin()
    const decision = decide(state.view(), now, ports.choose)
    this.#recheck?.cancel()
    if (decision.kind === 'switch') {
      this.#commit(decision.to, decision)
      // What comes next has a time of its own, also where nothing else happens. Not at once: a strategy may change its mind
      // each time that it is asked.
      this.#evaluateSoon()
    } else if (decision.kind === 'deactivate') this.#deactivate(decision.reason)
    else this.#stay(decision, now)
    ports.routesChanged()
  }

  #stay(decision: Extract<Decision, { kind: 'stay' }>, now: number): void {
    const { bus, timers } = this.#options
    if (decision.recheckAt !== undefined)
      this.#recheck = timers.set(Math.max(1, decision.recheckAt - now), () => this.evaluate())
    if (decision.observerSuspect && !this.#observerSuspected) {
      bus.emit('observer-suspect', {
        endpointId: undefined,
        message: 'no endpoint answers any more, so our own network is suspected; the active endpoint is kept',
      })
    }
    this.#observerSuspected = decision.observerSuspect
  }

  #commit(to: string, move: { reason: SwitchReason; voluntary: boolean; graceMs: number }): void {
    const { state, bus, timers, ports } = this.#options
    const decidedAt = timers.clock.now()
    const from = state.active
    const target = state.get(to)
    state.activeId = to
    state.epoch++
    // The first choices are no switches: nothing was being served yet.
    if (from !== undefined && move.reason !== 'start') {
      state.lastSwitchAt = decidedAt
      // The start is over, so that an idle group does not follow an endpoint that comes and goes.
      state.commandSent = true
    }
    state.started = true
    this.#observerSuspected = false
    target.refreshView()
    const troubleSince = from?.health.troubleSince
    ports.routesChanged()
    const { epoch } = state
    if (from === undefined || move.reason === 'start') {
      bus.emit('activated', { to, reason: move.reason === 'start' ? 'start' : 'recovered', epoch })
    } else if (move.voluntary) {
      bus.emit('failback', { from: from.id, to, reason: move.reason, graceMs: move.graceMs, epoch })
    } else {
      bus.emit('failover', {
        from: from.id,
        to,
        reason: move.reason,
        detectionMs: move.reason === 'operator' || troubleSince === undefined ? 0 : decidedAt - troubleSince,
        switchMs: timers.clock.now() - decidedAt,
        ambiguousInFlight: move.reason === 'down' ? from.abandonedInFlight : 0,
        epoch,
      })
    }
  }

  #deactivate(reason: SwitchReason): void {
    const { state, bus } = this.#options
    const from = state.activeId
    if (from === undefined) return
    state.activeId = undefined
    state.epoch++
    bus.emit('deactivated', { from, reason, epoch: state.epoch })
    this.#again = true
  }

  #releaseUnfitPin(): void {
    const { state } = this.#options
    if (state.pinnedId === undefined) return
    const pinned = state.find(state.pinnedId)
    const unfit = pinned === undefined ? 'removed' : unfitness(state.viewOf(pinned), state.options)
    if (unfit === undefined) return
    this.unpin(unfit === 'removed' || unfit === 'draining' ? unfit : 'failed')
  }

  #watchForAllDown(now: number): void {
    const { state, bus, ports } = this.#options
    const { records } = state
    const alive = records.find((record) => isLive(record.health) && record.health.operator === 'in-service')
    if (alive === undefined) {
      // At start, nothing is down before it was asked.
      if (
        state.allDownSince !== undefined ||
        records.length === 0 ||
        records.some((record) => record.health.phase.kind === 'unknown')
      )
        return
      state.allDownSince = now
      ports.rescheduleMonitors()
      bus.emit('all-down', {
        causes: Object.fromEntries(records.map((record) => [record.id, causeOf(state.viewOf(record)) ?? 'unknown'])),
      })
    } else if (state.allDownSince !== undefined) {
      const downForMs = now - state.allDownSince
      state.allDownSince = undefined
      bus.emit('recovered', { endpointId: alive.id, downForMs })
    }
  }
}
