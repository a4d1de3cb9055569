import { endpointState, type HealthState, initialHealth, isLive, takesWrites } from '../health/health-state.ts'
import type { KnownServer } from '../health/known-server.ts'
import type { ResolvedEndpoint } from '../options/resolve-endpoint.ts'
import type { Endpoint } from './endpoint.ts'
import { ProbeHistory } from './probe-history.ts'

/** What the record reads live from the connections of its endpoint. */
export interface LoadReader {
  readonly inFlight: () => number
  readonly commandLatencyMs: () => number | undefined
}

/**
 * All that the group holds about one endpoint. `health` is assigned in one place only, the controller's commit; the view
 * for strategies is rebuilt there.
 */
export class EndpointRecord<TOptions = unknown> {
  config: ResolvedEndpoint<TOptions>
  /** Position in configuration order; never reused within a group. */
  readonly order: number
  health: HealthState = initialHealth
  roundTripMs: number | undefined
  /** Who the server behind the endpoint is; `undefined` until it told, and where it does not. */
  server: KnownServer | undefined
  /** Commands in flight when its connections were last destroyed. */
  abandonedInFlight = 0
  readonly history = new ProbeHistory()
  readonly load: LoadReader
  /** The endpoint as strategies see it. */
  view: Endpoint

  constructor(config: ResolvedEndpoint<TOptions>, order: number, load: LoadReader) {
    this.config = config
    this.order = order
    this.load = load
    this.view = this.#buildView()
  }

  get id(): string {
    return this.config.id
  }

  refreshView(): void {
    this.view = this.#buildView()
  }

  #buildView(): Endpoint {
    const { config, health, load } = this
    return Object.freeze({
      id: config.id,
      weight: config.weight,
      zone: config.zone,
      tags: config.tags,
      state: endpointState(health),
      writable: takesWrites(health),
      order: this.order,
      roundTripMs: this.roundTripMs,
      upSince: isLive(health) && 'since' in health.phase ? health.phase.since : undefined,
      get inFlight() {
        return load.inFlight()
      },
      get commandLatencyMs() {
        return load.commandLatencyMs()
      },
    })
  }
}

/** By preference: higher weight first, then configuration order. */
export const byPreference = (a: { weight: number; order: number }, b: { weight: number; order: number }): number =>
  b.weight - a.weight || a.order - b.order
