import { type Fault, isFailover } from './fault.ts'

/** The operator takes the active endpoint out for maintenance, and into service again. */
export const drain: Fault = {
  name: 'drain',
  title: 'a drain for maintenance',
  isDeath: false,
  inject: async ({ group, victim }) => {
    const at = performance.now()
    await group.drain(victim.name)
    return at
  },
  isDetected: (event, victim) => event.type === 'drain-started' && event.endpointId === victim,
  isSwitched: isFailover,
  holdMs: 1000,
  heal: async ({ group, victim }) => {
    await group.resume(victim.name)
    return performance.now()
  },
}
