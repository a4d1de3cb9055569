import type { Endpoint } from '../endpoint/endpoint.ts'
import { targetLevels } from '../failover/decide.ts'
import type { EndpointView } from '../failover/decision-view.ts'
import type { GroupState } from '../failover/group-state.ts'
import { isLive } from '../health/health-state.ts'
import type { SelectionContext } from '../selection/selection-strategy.ts'
import type { StrategyRunner } from '../selection/strategy-runner.ts'
import type { Wish } from './lease-request.ts'

/** Where a connection may be leased from now. */
export interface LeaseChoice {
  /** With a sticky strategy at most one. */
  readonly ids: readonly string[]
  readonly pick: () => string | undefined
}

export interface LeaseSelectionOptions<TOptions> {
  readonly state: GroupState<TOptions>
  readonly runner: StrategyRunner
  /** Leaves out endpoints under hold-down, unless none would be left. */
  readonly released: (views: readonly EndpointView[], now: number) => readonly EndpointView[]
}

/**
 * Which endpoint a lease comes from. Commands and leases without a wish go the same way; a wish asks the strategy anew,
 * among the endpoints that are fit. See `docs/guides/direct-access.md`.
 */
export class LeaseSelection<TOptions> {
  readonly #options: LeaseSelectionOptions<TOptions>

  constructor(options: LeaseSelectionOptions<TOptions>) {
    this.#options = options
  }

  get isSticky(): boolean {
    return this.#options.runner.mode === 'sticky'
  }

  choose(wish: Wish, now: number): LeaseChoice {
    return this.isSticky ? only(this.#chooseSticky(wish)) : this.#prepareSpread(wish, now)
  }

  #chooseSticky(wish: Wish): string | undefined {
    const { state, runner } = this.#options
    const { active } = state
    const serving = active !== undefined && isServing(state.viewOf(active)) ? active.view : undefined
    const isPlain = wish.zone === undefined && wish.exclude.length === 0
    if (isPlain && wish.operation === 'write') return serving?.id
    const fit = this.#fit(wish)
    // Reads stay with the active endpoint too, as long as it serves at all.
    const candidates = isPlain && serving !== undefined && !fit.includes(serving) ? [...fit, serving] : fit
    if (candidates.length === 0) return undefined
    const context = zoneOf(wish)
    const chosen = runner.choose(candidates, serving, wish.operation, context)?.id
    if (serving === undefined || !candidates.includes(serving)) return chosen
    if (wish.operation === 'write') return serving.id
    // A strategy that makes no difference between reads and writes says nothing about reads: what it would choose now may
    // be an endpoint that has to be stable for its grace first.
    const forWrites = runner.choose(candidates, serving, 'write', context)?.id
    return chosen === forWrites ? serving.id : chosen
  }

  #prepareSpread(wish: Wish, now: number): LeaseChoice {
    const { state, runner } = this.#options
    const candidates = this.#fit(wish, now)
    if (candidates.length === 0) return only(undefined)
    const pick = runner.prepare(candidates, state.active?.view, wish.operation, zoneOf(wish))
    return { ids: candidates.map(({ id }) => id), pick: () => pick()?.id }
  }

  /** The endpoints that may be chosen, by preference. */
  #fit({ operation, zone, exclude }: Wish, now?: number): readonly Endpoint[] {
    const { state, released } = this.#options
    const wanted = state
      .view()
      .endpoints.filter((view) => isServing(view) && !view.health.confirming && !exclude.includes(view.endpoint.id))
    const level = levelsFor(operation, wanted).find((views) => views.length > 0) ?? []
    const free = now === undefined ? level : released(level, now)
    const near = free.filter(({ endpoint }) => endpoint.zone === zone)
    return (zone === undefined || near.length === 0 ? free : near).map(({ endpoint }) => endpoint)
  }
}

const only = (id: string | undefined): LeaseChoice => ({ ids: id === undefined ? [] : [id], pick: () => id })

const isServing = ({ health }: EndpointView): boolean => health.operator === 'in-service' && isLive(health)

const zoneOf = ({ zone }: Wish): Partial<SelectionContext> => (zone === undefined ? {} : { zone })

/** As for commands; for reads, whoever refuses writes is as good as the others. */
const levelsFor = (
  operation: Wish['operation'],
  views: readonly EndpointView[],
): readonly (readonly EndpointView[])[] => {
  const levels = targetLevels(views)
  if (operation === 'write') return levels
  const all = levels.flat()
  const inOrder = views.filter((view) => all.includes(view))
  return (['up', 'suspect'] as const).map((kind) => inOrder.filter(({ health }) => health.phase.kind === kind))
}
