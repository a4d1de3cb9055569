import { byPreference, type EndpointRecord } from '../endpoint/endpoint-record.ts'
import { UnknownEndpointError } from '../errors.ts'
import { keepsLosing } from '../health/health-state.ts'
import type { ResolvedOptions } from '../options/resolve-options.ts'
import type { DecisionView, EndpointView } from './decision-view.ts'
import { type HoldDown, noHoldDown } from './hold-down.ts'

/** The mutable heart of a group. Only the controller assigns to it; everybody else reads. */
export class GroupState<TOptions = unknown> {
  readonly options: ResolvedOptions<TOptions>
  /** By preference. */
  #ranked: readonly EndpointRecord<TOptions>[] = []
  readonly #byId = new Map<string, EndpointRecord<TOptions>>()
  readonly #holdDowns = new Map<string, HoldDown>()
  activeId: string | undefined
  pinnedId: string | undefined
  /** +1 at every switch. */
  epoch = 0
  started = false
  firstUpAt: number | undefined
  lastSwitchAt: number | undefined
  commandSent = false
  guardUntil = -Infinity
  /** When the last live endpoint was lost; `undefined` while any lives. */
  allDownSince: number | undefined

  constructor(options: ResolvedOptions<TOptions>) {
    this.options = options
  }

  /** All endpoints, by preference. */
  get records(): readonly EndpointRecord<TOptions>[] {
    return this.#ranked
  }

  /** Whether the endpoint loses connection after connection although it lives. */
  keepsLosing(id: string, now: number): boolean {
    const record = this.find(id)
    return record !== undefined && keepsLosing(record.health, now)
  }

  get active(): EndpointRecord<TOptions> | undefined {
    return this.activeId === undefined ? undefined : this.#byId.get(this.activeId)
  }

  find(id: string): EndpointRecord<TOptions> | undefined {
    return this.#byId.get(id)
  }

  /** @throws UnknownEndpointError */
  get(id: string): EndpointRecord<TOptions> {
    const record = this.#byId.get(id)
    if (record === undefined) throw new UnknownEndpointError(id, [...this.#byId.keys()])
    return record
  }

  add(record: EndpointRecord<TOptions>): void {
    this.#byId.set(record.id, record)
    this.rank()
  }

  remove(id: string): void {
    this.#byId.delete(id)
    this.#holdDowns.delete(id)
    this.rank()
  }

  /** Sorts by preference again, after weights changed. */
  rank(): void {
    this.#ranked = [...this.#byId.values()].sort((a, b) =>
      byPreference({ weight: a.config.weight, order: a.order }, { weight: b.config.weight, order: b.order }),
    )
  }

  holdDown(id: string): HoldDown {
    return this.#holdDowns.get(id) ?? noHoldDown
  }

  setHoldDown(id: string, holdDown: HoldDown): void {
    this.#holdDowns.set(id, holdDown)
  }

  view(): DecisionView {
    const { failback, evictOnConnectFailure, checks } = this.options
    return {
      endpoints: this.#ranked.map((record) => this.viewOf(record)),
      activeId: this.activeId,
      pinnedId: this.pinnedId,
      failback,
      started: this.started,
      firstUpAt: this.firstUpAt,
      lastSwitchAt: this.lastSwitchAt,
      commandSent: this.commandSent,
      guardUntil: this.guardUntil,
      evictOnConnectFailure,
      activeChecks: checks.length > 0,
    }
  }

  viewOf(record: EndpointRecord<TOptions>): EndpointView {
    return {
      endpoint: record.view,
      health: record.health,
      holdDown: this.holdDown(record.id),
      timeout: record.config.health.timeout,
    }
  }
}
