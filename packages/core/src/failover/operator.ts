import type { EndpointMember } from '../connections/endpoint-member.ts'
import type { RetiringConnections } from '../connections/retiring-connections.ts'
import type { EndpointConfig } from '../endpoint/endpoint.ts'
import { ConfigurationError, SwitchRefusedError, UnknownEndpointError } from '../errors.ts'
import type { EventBus } from '../events/event-bus.ts'
import { endpointState, isLive } from '../health/health-state.ts'
import { type ResolvedEndpoint, resolveEndpoint } from '../options/resolve-endpoint.ts'
import type { Controller } from './controller.ts'
import { causeOf } from './explain.ts'
import type { GroupState } from './group-state.ts'

/** What of an endpoint can be changed at run time. `undefined` leaves a field as it is. */
export type EndpointUpdate<TOptions> = Partial<Pick<EndpointConfig<TOptions>, 'weight' | 'zone' | 'tags' | 'options'>>

export interface OperatorOptions<TClient, TOptions> {
  readonly state: GroupState<TOptions>
  readonly controller: Controller<TOptions>
  readonly bus: EventBus
  readonly retiring: RetiringConnections<TClient>
  readonly members: Map<string, EndpointMember<TClient, TOptions>>
  readonly makeMember: (config: ResolvedEndpoint<TOptions>) => EndpointMember<TClient, TOptions>
  /** Whether endpoints are probed now. */
  readonly isStarted: () => boolean
  /** The servers behind the endpoints are not the same as before. */
  readonly onServersChanged: () => void
  /** Merges an endpoint's options over the group's, as at construction. */
  readonly mergeOptions: (options: TOptions) => TOptions
}

/** What an operator can ask of a group at run time. Calls about one endpoint run one after another. */
export class Operator<TClient, TOptions> {
  readonly #options: OperatorOptions<TClient, TOptions>
  readonly #queues = new Map<string, Promise<unknown>>()

  constructor(options: OperatorOptions<TClient, TOptions>) {
    this.#options = options
  }

  add(config: EndpointConfig<TOptions>): Promise<void> {
    const { state, members, makeMember, mergeOptions, isStarted, controller } = this.#options
    const resolved = resolveEndpoint('endpoint', config, state.options.endpointDefaults)
    return this.#inTurn(resolved.id, () => {
      if (members.has(resolved.id)) throw new ConfigurationError('endpoint.id', resolved.id, 'unique within the group')
      const member = makeMember({ ...resolved, options: mergeOptions(resolved.options) })
      if (isStarted()) member.monitor.start()
      controller.evaluate()
    })
  }

  remove(id: string, drainTimeout: number): Promise<void> {
    const { state, members, controller, bus, onServersChanged } = this.#options
    return this.#inTurn(id, async () => {
      await this.#drain(id, drainTimeout)
      const member = this.#member(id)
      controller.apply(member.record, { type: 'remove' })
      member.stop('the endpoint was removed')
      members.delete(id)
      state.remove(id)
      bus.emit('endpoint-removed', { endpointId: id })
      onServersChanged()
      controller.evaluate()
    })
  }

  update(id: string, change: EndpointUpdate<TOptions>): Promise<void> {
    const { state, bus, controller, mergeOptions, onServersChanged } = this.#options
    return this.#inTurn(id, () => {
      const { record } = this.#member(id)
      const { config } = record
      const weight = change.weight ?? config.weight
      const zone = change.zone ?? config.zone
      const tags = change.tags ?? config.tags
      const options = change.options ?? config.options
      const candidate = { id, weight, tags, options, ...(zone === undefined ? {} : { zone }) }
      const { health } = record.config
      record.config = {
        ...resolveEndpoint('endpoint', candidate, state.options.endpointDefaults),
        options: change.options === undefined ? record.config.options : mergeOptions(change.options),
        health,
      }
      state.rank()
      record.refreshView()
      bus.emit('endpoint-updated', { endpointId: id, weight: record.config.weight, zone: record.config.zone })
      if (change.options === undefined) return controller.evaluate()
      // It may be another server from now on.
      record.server = undefined
      controller.apply(record, { type: 'reconfigure' })
      onServersChanged()
    })
  }

  drain(id: string, drainTimeout: number): Promise<void> {
    return this.#inTurn(id, () => this.#drain(id, drainTimeout))
  }

  resume(id: string): Promise<void> {
    return this.#inTurn(id, () => this.#options.controller.apply(this.#member(id).record, { type: 'resume' }))
  }

  async switchTo(id: string, { pin = true, force = false }: { pin?: boolean; force?: boolean }): Promise<void> {
    const { state, controller } = this.#options
    const { record } = this.#member(id)
    if (!force) {
      if (record.health.operator !== 'in-service') throw new SwitchRefusedError(id, 'it is draining; resume it first')
      const failure = await this.#member(id).probeNow()
      const why =
        failure ??
        (isLive(record.health) ? causeOf(state.viewOf(record)) : (causeOf(state.viewOf(record)) ?? 'it is not up'))
      if (why !== undefined) throw new SwitchRefusedError(id, why)
    }
    // It may have been removed while it was probed.
    controller.switchTo(this.#member(id).record, pin)
  }

  async failback(): Promise<void> {
    const { state } = this.#options
    const preferred = state.records.find((record) => endpointState(record.health) === 'up')
    if (preferred === undefined) throw new SwitchRefusedError('none', 'no endpoint is up')
    if (state.options.failback.mode === 'never') throw new SwitchRefusedError(preferred.id, 'failback.mode is "never"')
    if (preferred.id !== state.activeId) await this.switchTo(preferred.id, { pin: false })
  }

  async #drain(id: string, drainTimeout: number): Promise<void> {
    const { controller, bus, retiring } = this.#options
    const member = this.#member(id)
    const isFirst = member.record.health.operator !== 'draining'
    if (isFirst) {
      bus.emit('drain-started', { endpointId: id, inFlight: member.connections.inFlight })
      controller.apply(member.record, { type: 'drain' })
    }
    await retiring.until(
      () => member.connections.inFlight === 0 || member.record.health.operator !== 'draining',
      drainTimeout,
    )
    if (member.record.health.operator !== 'draining') return
    const abandoned = member.destroyConnections('its endpoint was drained, and its time was up')
    if (isFirst) bus.emit('drain-finished', { endpointId: id, abandoned })
  }

  #member(id: string): EndpointMember<TClient, TOptions> {
    const member = this.#options.members.get(id)
    if (member === undefined) throw new UnknownEndpointError(id, [...this.#options.members.keys()])
    return member
  }

  #inTurn<T>(id: string, work: () => T | Promise<T>): Promise<T> {
    const before = this.#queues.get(id) ?? Promise.resolve()
    const turn = before.then(work, work)
    const settled = turn.then(
      () => {},
      () => {},
    )
    this.#queues.set(id, settled)
    void settled.then(() => {
      if (this.#queues.get(id) === settled) this.#queues.delete(id)
    })
    return turn
  }
}
