import type { EndpointRecord } from '../endpoint/endpoint-record.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { HealthEffect } from '../health/health-event.ts'
import { takesWrites } from '../health/health-state.ts'
import type { ControllerPorts } from './controller-ports.ts'
import type { GroupState } from './group-state.ts'

export interface EffectContext<TOptions> {
  readonly state: GroupState<TOptions>
  readonly bus: EventBus
  readonly ports: ControllerPorts<TOptions>
}

/** Does what a change of an endpoint's health asks for. The change itself is committed already. */
export const performEffect = <TOptions>(
  record: EndpointRecord<TOptions>,
  effect: HealthEffect,
  { bus, ports, state }: EffectContext<TOptions>,
): void => {
  const endpointId = record.id
  switch (effect.type) {
    case 'changed': {
      const { from, to, reason, message, strikes } = effect
      bus.emit('health-changed', {
        endpointId,
        from,
        to,
        reason,
        message,
        strikes,
        generation: record.health.generation,
        writable: takesWrites(record.health),
      })
      return
    }
    case 'destroy-connections':
      record.abandonedInFlight = ports.destroyConnections(record, effect.why)
      return
    case 'confirm':
      ports.confirm(record)
      return
    case 'trouble':
      for (const other of state.records) if (other !== record) ports.probeNow(other)
      return
    case 'replace-monitor':
      ports.replaceMonitor(record)
      return
    case 'connections-refused':
      bus.emit('connections-refused', { endpointId, reason: effect.reason, message: effect.message })
      return
    case 'connections-accepted':
      bus.emit('connections-accepted', { endpointId })
      return
    case 'observer-suspect':
      bus.emit('observer-suspect', { endpointId, message: effect.message })
      return
    case 'stale-primary': {
      const { promotedId, divergenceBytes } = effect
      bus.emit('stale-primary', { endpointId, promotedId, divergenceBytes })
      return
    }
    case 'stale-primary-cleared':
      bus.emit('stale-primary-cleared', { endpointId, why: effect.why })
  }
}
