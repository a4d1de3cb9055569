import type { Endpoint } from '../endpoint/endpoint.ts'
import { targetLevels } from '../failover/decide.ts'
import type { EndpointView } from '../failover/decision-view.ts'
import type { GroupState } from '../failover/group-state.ts'
import { countedDeaths, graceMs } from '../failover/hold-down.ts'
import { graceTimeMs, steadyMs } from '../health/health-state.ts'
import type { Picker } from '../selection/selection-strategy.ts'
import type { StrategyRunner } from '../selection/strategy-runner.ts'

/** A picker is made anew at least this often while it is in use, for strategies that go by latency. */
const PREPARE_EVERY_MS = 1000

/**
 * Which endpoints a spreading strategy serves from now, and the prepared choice among them. Endpoints under hold-down
 * are left out, unless that would leave none.
 */
export class SpreadRoutes<TOptions> {
  readonly #state: GroupState<TOptions>
  readonly #runner: StrategyRunner
  #candidates: readonly Endpoint[] = []
  #signature = ''
  #preparedAt = -Infinity
  #picker: Picker = () => undefined

  constructor(state: GroupState<TOptions>, runner: StrategyRunner) {
    this.#state = state
    this.#runner = runner
  }

  /** The ids of the endpoints in use, the active one first. */
  get targets(): readonly string[] {
    const active = this.#state.activeId
    const ids = this.#candidates.map((candidate) => candidate.id)
    return active !== undefined && ids.includes(active) ? [active, ...ids.filter((id) => id !== active)] : ids
  }

  /** One choice, for one command. */
  readonly pick = (): Endpoint | undefined => this.#picker()

  /** Looks at the state again; returns when to look next because a hold-down ends, if one is running. */
  refresh(now: number): number | undefined {
    const level = targetLevels(this.#state.view().endpoints).find((views) => views.length > 0) ?? []
    const serving = this.released(level, now)
    const signature = serving.map(({ endpoint }) => `${endpoint.id} ${endpoint.state} ${endpoint.weight}`).join('\n')
    if (signature !== this.#signature || now - this.#preparedAt >= PREPARE_EVERY_MS) {
      this.#signature = signature
      this.#preparedAt = now
      this.#candidates = serving.map(({ endpoint }) => endpoint)
      this.#picker =
        serving.length === 0
          ? () => undefined
          : this.#runner.prepare(this.#candidates, this.#state.active?.view, 'write')
    }
    const held = level.map((view) => this.#heldUntil(view, now)).filter((until) => until > now)
    return held.length === 0 ? undefined : Math.min(...held)
  }

  /** Leaves out endpoints under hold-down, unless that would leave none. */
  readonly released = (level: readonly EndpointView[], now: number): readonly EndpointView[] => {
    const released = level.filter((view) => this.#heldUntil(view, now) <= now)
    return released.length > 0 ? released : level
  }

  #heldUntil({ endpoint, health }: EndpointView, now: number): number {
    const holdDown = this.#state.holdDown(endpoint.id)
    const steady = steadyMs(health, now)
    return countedDeaths(holdDown, steady) === 0
      ? now
      : now + Math.max(0, graceMs(holdDown, this.#state.options.failback, steady) - graceTimeMs(health, now))
  }
}
