import type { EndpointState } from '../../endpoint/endpoint.ts'
import type { FailoverEvent } from '../../events/event-map.ts'

/** What the events so far say about one endpoint. */
export interface EndpointModel {
  readonly id: string
  weight: number
  zone: string | undefined
  state: EndpointState
  writable: boolean
  strikes: number
  generation: number
  /** `undefined` where it may have changed while nobody was told. */
  acceptsConnections: boolean | undefined
  /** Monotonic milliseconds of its last change of health. */
  changedAt: number
  /** Monotonic milliseconds since which it is live without interruption. */
  upSince: number
  /** Deaths while it was in use, each at its time. */
  readonly deaths: number[]
}

/** The group, rebuilt from nothing but its events. */
export class GroupModel {
  readonly endpoints = new Map<string, EndpointModel>()
  active: string | undefined
  pinned: string | undefined
  epoch = 0
  lastSwitchAt = -Infinity
  allDownSince: number | undefined
  switches = 0
  lastSeq = 0

  /** Takes up one event; `now` in monotonic milliseconds. */
  apply(event: FailoverEvent, now: number): void {
    this.lastSeq = event.seq
    switch (event.type) {
      case 'endpoint-added':
        this.endpoints.set(event.endpointId, newcomer(event.endpointId, event.weight, event.zone))
        return
      case 'endpoint-removed':
        this.endpoints.delete(event.endpointId)
        return
      case 'endpoint-updated':
        this.#change(event.endpointId, { weight: event.weight, zone: event.zone })
        // New options begin anew; of an endpoint that nothing is known of, that is no change of its state.
        if (this.endpoints.get(event.endpointId)?.state === 'unknown')
          this.#change(event.endpointId, { acceptsConnections: undefined })
        return
      case 'health-changed':
        this.#changeHealth(event, now)
        return
      case 'connections-refused':
        this.#change(event.endpointId, { acceptsConnections: false })
        return
      case 'connections-accepted':
        this.#change(event.endpointId, { acceptsConnections: true })
        return
      case 'activated':
        this.active = event.to
        this.epoch = event.epoch
        return
      case 'failover':
      case 'failback':
        this.active = event.to
        this.epoch = event.epoch
        this.lastSwitchAt = now
        this.switches += 1
        return
      case 'deactivated':
        this.active = undefined
        this.epoch = event.epoch
        return
      case 'pinned':
        this.pinned = event.endpointId
        return
      case 'unpinned':
        this.pinned = undefined
        return
      case 'all-down':
        this.allDownSince = now
        return
      case 'recovered':
        this.allDownSince = undefined
    }
  }

  #changeHealth(event: FailoverEvent<'health-changed'>, now: number): void {
    const endpoint = this.endpoints.get(event.endpointId)
    if (endpoint === undefined) return
    const { from, to, strikes, generation, writable } = event
    // Back in service as it was is no other death.
    const died = to === 'down' && from !== 'down' && event.reason !== 'resumed'
    if (died && this.active === event.endpointId) endpoint.deaths.push(now)
    // What happened to its health while it drained, no event told: it may have come up for the first time then.
    const drained = from === 'draining'
    if (isLive(to) && !isLive(from) && !drained) endpoint.upSince = now
    if (isLive(to) && drained && endpoint.upSince === Infinity) endpoint.upSince = -Infinity
    // Both end what was known of its connections.
    const anew = to === 'down' || event.reason === 'reconfigured'
    Object.assign(
      endpoint,
      { state: to, strikes, generation, writable, changedAt: now },
      anew ? { acceptsConnections: true } : {},
    )
    if (drained) endpoint.acceptsConnections = undefined
  }

  #change(id: string, change: Partial<EndpointModel>): void {
    const endpoint = this.endpoints.get(id)
    if (endpoint !== undefined) Object.assign(endpoint, change)
  }
}

/** Whether commands may go there. */
export const isLive = (state: EndpointState): boolean => state === 'up' || state === 'suspect'

const newcomer = (id: string, weight: number, zone: string | undefined): EndpointModel => ({
  id,
  weight,
  zone,
  state: 'unknown',
  writable: true,
  strikes: 0,
  generation: 1,
  acceptsConnections: true,
  changedAt: -Infinity,
  upSince: Infinity,
  deaths: [],
})
